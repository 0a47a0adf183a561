import type { InvalidCursorError } from "../catalog/cursor.ts";
import type {
  AccountClosedError,
  PhotoChangedError,
  PhotoExistsError,
  PhotoNotFoundError,
  PhotoNotInTrashError,
  QuotaExceededError,
  TooManyUploadsError,
  UploadNotFoundError,
} from "../catalog/person/errors.ts";
import type { UnknownMemberError } from "../catalog/organisation/commands.ts";
import type { DamagedEntryError, NewerEntryError } from "../catalog/protocol/entry.ts";
import type {
  CatalogBusyError,
  CatalogClosedError,
  CommitFailedError,
  CommitOutcomeUnknownError,
  IdempotencyKeyReusedError,
  InvalidCommandError,
  InvalidTokenError,
} from "../catalog/protocol/errors.ts";
import type { DamagedLogError } from "../catalog/protocol/log.ts";
import type { EventPrematureError } from "../events/errors.ts";
import type { EventRefusedError } from "../events/push-verifier.ts";
import type { AssertionRefusedError, KeySetUnavailableError } from "../identity/assertion-refusal.ts";
import type { IdentityRecordDamagedError } from "../identity/people.ts";
import type {
  ObjectDamagedError,
  ObjectExistsError,
  OutcomeUnknownError,
  PreconditionFailedError,
  StoreUnavailableError,
} from "../storage/object-store.ts";
import type { UploadIncompleteError, UploadMismatchError, UploadTooLargeError } from "../uploads/errors.ts";
import type {
  FileMissingError,
  FileTooLargeError,
  InboxFullError,
  StoredWrongError,
} from "../photos/errors.ts";
import type {
  PictureTooSlowError,
  PicturesBusyError,
  TooManyPixelsError,
  UnreadablePictureError,
  UnsupportedPictureError,
} from "../pictures/errors.ts";
import type { RequestRefusedError } from "./request-refusal.ts";

/**
 * The errors of the rooms that may reach a reply, each a class with a literal `code`. Name yours here and the
 * table below does not compile until it says how it is answered.
 */
type RoomError =
  | UploadIncompleteError
  | UploadMismatchError
  | UploadTooLargeError
  | EventPrematureError
  | EventRefusedError
  | AssertionRefusedError
  | KeySetUnavailableError
  | IdentityRecordDamagedError
  | UnknownMemberError
  | InvalidCursorError
  | InvalidTokenError
  | InvalidCommandError
  | PhotoNotFoundError
  | PhotoExistsError
  | PhotoChangedError
  | AccountClosedError
  | PhotoNotInTrashError
  | UploadNotFoundError
  | TooManyUploadsError
  | QuotaExceededError
  | IdempotencyKeyReusedError
  | CommitOutcomeUnknownError
  | CommitFailedError
  | CatalogBusyError
  | CatalogClosedError
  | DamagedEntryError
  | DamagedLogError
  | NewerEntryError
  | ObjectDamagedError
  | ObjectExistsError
  | PreconditionFailedError
  | OutcomeUnknownError
  | StoreUnavailableError
  | FileMissingError
  | FileTooLargeError
  | InboxFullError
  | StoredWrongError
  | PictureTooSlowError
  | PicturesBusyError
  | TooManyPixelsError
  | UnreadablePictureError
  | UnsupportedPictureError
  | RequestRefusedError;

export type ErrorCode = RoomError["code"] | "internal";

export interface ProblemKind {
  readonly status: number;
  /** The same for every occurrence. */
  readonly title: string;
  /**
   * What the reply says instead of the error's own message. Statuses from 500 on reveal nothing of the inside and
   * must have one. @default the error's message
   */
  readonly detail?: string;
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

const ourFault = {
  status: 500,
  title: "Something went wrong on our side",
  detail: "It has been recorded under the correlation id.",
} as const;

const outcomeUnknown = {
  status: 503,
  title: "It is not known whether the change was made",
  detail: "Repeat the request with the same Idempotency-Key: it is made once at most.",
  retryAfterSeconds: 2,
} as const;

const notMade = {
  status: 503,
  title: "The change was not made",
  detail: "Nothing was changed. Repeat the request in a moment.",
  retryAfterSeconds: 2,
} as const;

const tryAgain = "Nothing is lost by trying again in a moment.";

/** How each code is answered, in the order of their statuses. */
export const problemTable = {
  "request-invalid": { status: 400, title: "The request is not what this address takes" },
  "file-missing": { status: 400, title: "There is no file in the form" },
  "client-gone": { status: 400, title: "The connection ended before the request did" },
  "body-not-json": { status: 400, title: "The body is not JSON" },
  "invalid-cursor": { status: 400, title: "The cursor is not one of this list" },
  "invalid-token": { status: 400, title: "The token is not one of this person's" },
  "sign-in-required": {
    status: 401,
    title: "Sign-in required",
    detail: "Sign in and try again.",
  },
  "event-refused": { status: 403, title: "Refused", detail: "The event carries no valid token." },
  "cross-site-request": { status: 403, title: "Refused because it seems to come from another site" },
  "not-found": { status: 404, title: "Not found" },
  "photo-not-found": {
    status: 404,
    title: "There is no such photo",
    detail: "There is no photo of that id.",
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
  "method-not-allowed": { status: 405, title: "This address does not take that method" },
  "request-timeout": { status: 408, title: "The request did not arrive in time" },
  "object-exists": {
    status: 409,
    title: "It exists already",
    detail: "Something of that name exists already.",
  },
  "photo-not-in-trash": {
    status: 409,
    title: "The photo is not in the trash",
    detail: "Only what is in the trash can be deleted for good.",
  },
  "photo-exists": { status: 409, title: "The photo exists already" },
  "quota-exceeded": { status: 409, title: "There is no room left for this" },
  "account-closed": {
    status: 410,
    title: "The account was closed",
    detail: "Nothing of it can be seen or changed any more. Who signs in again begins a new one.",
  },
  "photo-changed": { status: 412, title: "The photo has changed meanwhile" },
  "precondition-failed": {
    status: 412,
    title: "It has changed meanwhile",
    detail: "Read it again, then repeat the change on what it is now.",
  },
  "body-too-large": { status: 413, title: "The body is too large" },
  "upload-incomplete": { status: 409, title: "Not all of the file has arrived" },
  "upload-mismatch": { status: 422, title: "What arrived is not what was declared" },
  "upload-too-large": { status: 413, title: "The file is larger than is taken" },
  "file-too-large": { status: 413, title: "The file is too large for one request" },
  "address-too-long": { status: 414, title: "The address is too long" },
  "media-type-unsupported": { status: 415, title: "The body is of a type that is not taken here" },
  "unsupported-picture": { status: 415, title: "Files of this kind are not taken in" },
  "range-not-satisfiable": { status: 416, title: "There is no such part of it" },
  "unreadable-picture": { status: 422, title: "The file cannot be read as a picture" },
  "too-many-pixels": { status: 422, title: "The picture has too many pixels" },
  "picture-too-slow": { status: 422, title: "The picture takes too long to decode" },
  "invalid-command": { status: 422, title: "The change cannot be recorded as it is" },
  "idempotency-key-reused": { status: 422, title: "The Idempotency-Key was used for another request" },
  "precondition-required": { status: 428, title: "The edit does not say what it was made on" },
  "too-many-uploads": { status: 429, title: "Too many uploads are open at once" },
  "headers-too-large": { status: 431, title: "The request's headers are too large" },
  internal: ourFault,
  "identity-record-damaged": ourFault,
  "object-damaged": ourFault,
  "stored-wrong": {
    ...ourFault,
    detail: "It has been recorded under the correlation id. The photo was not taken in: send it again.",
  },
  "damaged-entry": ourFault,
  "damaged-log": ourFault,
  "newer-entry": ourFault,
  "key-set-unavailable": {
    status: 503,
    title: "Sign-in cannot be checked at the moment",
    detail: tryAgain,
    retryAfterSeconds: 5,
  },
  "outcome-unknown": outcomeUnknown,
  "store-unavailable": {
    status: 503,
    title: "The store cannot be reached at the moment",
    detail: tryAgain,
    retryAfterSeconds: 5,
  },
  "commit-outcome-unknown": outcomeUnknown,
  "commit-failed": notMade,
  "catalog-busy": notMade,
  "catalog-closed": notMade,
  "pictures-busy": {
    status: 503,
    title: "Too many photos are in work at the moment",
    detail: "Nothing was taken in. Send the photo again in a moment.",
    retryAfterSeconds: 2,
  },
  "inbox-full": {
    status: 503,
    title: "Too many uploads are on their way at the moment",
    detail: "Nothing was taken in. Send the photo again in a moment.",
    retryAfterSeconds: 5,
  },
  "event-premature": {
    status: 503,
    title: "The event is too early",
    detail: "What it is about is not recorded yet: send it again.",
    retryAfterSeconds: 5,
  },
  "not-ready": { status: 503, title: "Not ready", detail: tryAgain, retryAfterSeconds: 5 },
  "took-too-long": {
    status: 503,
    title: "The request took too long and was given up",
    detail: tryAgain,
    retryAfterSeconds: 5,
  },
  "page-not-built": {
    status: 503,
    title: "The page is not built",
    detail:
      "This process was started without the built page: build it and start again. The API answers without it.",
  },
} as const satisfies Record<ErrorCode, ProblemKind>;

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(problemTable, code);
}

export function problemKind(code: ErrorCode): ProblemKind {
  return problemTable[code];
}

/** Stable for ever; not an address to open. */
export function problemType(code: ErrorCode): string {
  return `urn:imgstream:problem:${code}`;
}
