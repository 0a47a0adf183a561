import type {
  FileMissingError,
  FileStalledError,
  FileTooLargeError,
  FileTooSlowError,
  InboxFullError,
  StoredWrongError,
} from "../../photos/errors.ts";
import type {
  DecoderEndedError,
  PictureTooSlowError,
  PicturesBusyError,
  TooManyPixelsError,
  UnreadablePictureError,
  UnsupportedPictureError,
} from "../../pictures/errors.ts";
import type {
  UploadIncompleteError,
  UploadMismatchError,
  UploadTooLargeError,
} from "../../uploads/errors.ts";
import { type ProblemKind, ourFault } from "../problem-kind.ts";

/** Files on their way in. */
type FileError =
  | FileMissingError
  | FileStalledError
  | FileTooLargeError
  | FileTooSlowError
  | InboxFullError
  | StoredWrongError
  | DecoderEndedError
  | PictureTooSlowError
  | PicturesBusyError
  | TooManyPixelsError
  | UnreadablePictureError
  | UnsupportedPictureError
  | UploadIncompleteError
  | UploadMismatchError
  | UploadTooLargeError;

export const fileProblems = {
  "file-missing": { status: 400, title: "There is no file in the form" },
  "file-stalled": { status: 408, title: "The file stopped on its way" },
  "file-too-slow": { status: 408, title: "The file arrives too slowly" },
  "upload-incomplete": { status: 409, title: "Not all of the file has arrived" },
  "file-too-large": { status: 413, title: "The file is too large for one request" },
  "upload-too-large": { status: 413, title: "The file is larger than is taken" },
  "unsupported-picture": { status: 415, title: "Files of this kind are not taken in" },
  "unreadable-picture": { status: 422, title: "The file cannot be read as a picture" },
  "too-many-pixels": { status: 422, title: "The picture has too many pixels" },
  "picture-too-slow": { status: 422, title: "The picture takes too long to decode" },
  "upload-mismatch": { status: 422, title: "What arrived is not what was declared" },
  "stored-wrong": {
    ...ourFault,
    detail: "It has been recorded under the correlation id. The photo was not taken in: send it again.",
  },
  "pictures-busy": {
    status: 503,
    title: "Too many photos are in work at the moment",
    detail: "Nothing was taken in. Send the photo again in a moment.",
    retryAfterSeconds: 2,
  },
  "decoder-ended": {
    status: 503,
    title: "The picture could not be decoded this time",
    detail: "It is tried again.",
    retryAfterSeconds: 5,
  },
  "inbox-full": {
    status: 503,
    title: "Too many uploads are on their way at the moment",
    detail: "Nothing was taken in. Send the photo again in a moment.",
    retryAfterSeconds: 5,
  },
} as const satisfies Record<FileError["code"], ProblemKind>;
