import type { InvalidCursorError } from "../../catalog/cursor.ts";
import type { InvalidFilterError } from "../../catalog/photo-filter.ts";
import type { UnknownMemberError } from "../../catalog/organisation/commands.ts";
import type {
  AlbumChangedError,
  AlbumExistsError,
  AlbumFullError,
  AlbumNotFoundError,
  PhotoNotInAlbumError,
  TooManyAlbumsError,
} from "../../catalog/person/album-errors.ts";
import type {
  AccountClosedError,
  ChangesTooOldError,
  PhotoChangedError,
  PhotoExistsError,
  PhotoInTrashError,
  PhotoNotFoundError,
  PhotoNotInTrashError,
  QuotaExceededError,
  TooManyUploadsError,
  UploadNotFoundError,
} from "../../catalog/person/errors.ts";
import type {
  PhotoNotShareableError,
  ShareExistsError,
  ShareNotFoundError,
  TooManySharesError,
} from "../../catalog/person/share-errors.ts";
import type {
  EntryNotFoundError,
  EntryNotUndoableError,
  EntryOvertakenError,
} from "../../catalog/person/undo-errors.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** What the records do not allow. */
type RecordError =
  | InvalidCursorError
  | InvalidFilterError
  | UnknownMemberError
  | EntryNotFoundError
  | EntryNotUndoableError
  | EntryOvertakenError
  | AlbumChangedError
  | AlbumExistsError
  | AlbumFullError
  | AlbumNotFoundError
  | PhotoNotInAlbumError
  | TooManyAlbumsError
  | AccountClosedError
  | ChangesTooOldError
  | PhotoChangedError
  | PhotoExistsError
  | PhotoInTrashError
  | PhotoNotFoundError
  | PhotoNotInTrashError
  | QuotaExceededError
  | TooManyUploadsError
  | UploadNotFoundError
  | PhotoNotShareableError
  | ShareExistsError
  | ShareNotFoundError
  | TooManySharesError;

export const recordProblems = {
  "invalid-cursor": { status: 400, title: "The cursor is not one of this list" },
  "invalid-filter": { status: 400, title: "The filter cannot be used" },
  "photo-not-found": {
    status: 404,
    title: "There is no such photo",
    detail: "There is no photo of that id.",
  },
  "album-not-found": {
    status: 404,
    title: "There is no such album",
    detail: "There is no album of that id.",
  },
  "share-not-found": {
    status: 404,
    title: "There is no such share",
    detail: "There is no share of that id.",
  },
  "upload-not-found": {
    status: 404,
    title: "There is no such upload",
    detail: "There is no upload of that id: it was cancelled, or it expired. Begin again.",
  },
  "unknown-member": {
    status: 404,
    title: "There is no such person",
    detail: "Nobody of that id is in the directory.",
  },
  "entry-not-found": { status: 404, title: "There is no such entry" },
  "entry-not-undoable": { status: 409, title: "The entry did nothing that can be undone" },
  "entry-overtaken": { status: 409, title: "Later changes stand in the way of the undo" },
  "photo-not-in-trash": {
    status: 409,
    title: "The photo is not in the trash",
    detail: "Only what is in the trash can be deleted for good.",
  },
  "photo-in-trash": { status: 409, title: "The photo is in the trash" },
  "photo-not-in-album": { status: 409, title: "The photo is not in the album" },
  "photo-not-shareable": { status: 409, title: "The photo cannot be shared as it is" },
  "photo-exists": { status: 409, title: "The photo exists already" },
  "album-exists": { status: 409, title: "The album exists already" },
  "share-exists": { status: 409, title: "The share exists already" },
  "album-full": { status: 409, title: "The album is full" },
  "quota-exceeded": { status: 409, title: "There is no room left for this" },
  "account-closed": {
    status: 410,
    title: "The account was closed",
    detail: "Nothing of it can be seen or changed any more. Who signs in again begins a new one.",
  },
  "changes-too-old": { status: 410, title: "Too much has changed since" },
  "photo-changed": { status: 412, title: "The photo has changed meanwhile" },
  "album-changed": { status: 412, title: "The album has changed meanwhile" },
  "too-many-albums": { status: 409, title: "There are as many albums as are kept" },
  "too-many-shares": { status: 409, title: "Too many shares are open at once" },
  "too-many-uploads": { status: 429, title: "Too many uploads are open at once", retryAfterSeconds: 60 },
} as const satisfies Record<RecordError["code"], ProblemKind>;
