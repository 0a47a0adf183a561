import { RefusalError } from "../protocol/model.ts";

export class PhotoNotFoundError extends RefusalError {
  readonly code = "photo-not-found";
  readonly photoId: string;

  constructor(photoId: string) {
    super(`no photo '${photoId}' in this catalog`);
    this.photoId = photoId;
  }
}

export class PhotoExistsError extends RefusalError {
  readonly code = "photo-exists";
  readonly photoId: string;

  constructor(photoId: string) {
    super(`photo '${photoId}' is in this catalog already`);
    this.photoId = photoId;
  }
}

/** The photo was changed since whoever edits it has read it. */
export class PhotoChangedError extends RefusalError {
  readonly code = "photo-changed";
  readonly photoId: string;
  readonly expectedVersion: number;
  readonly version: number;

  constructor(photoId: string, expectedVersion: number, version: number) {
    super(
      `photo '${photoId}' is at version ${version} and the edit was made on version ${expectedVersion}: ` +
        `read it again, then repeat the edit on what it is now`,
    );
    this.photoId = photoId;
    this.expectedVersion = expectedVersion;
    this.version = version;
  }
}

/** The account is closed: nothing of it is changed or shown any more. */
export class AccountClosedError extends RefusalError {
  readonly code = "account-closed";
  readonly userId: string;

  constructor(userId: string) {
    super(`the account '${userId}' was closed: who signs in again begins a new one`);
    this.userId = userId;
  }
}

export class QuotaExceededError extends RefusalError {
  readonly code = "quota-exceeded";
  readonly neededBytes: number;
  readonly usedBytes: number;
  readonly quotaBytes: number;

  constructor(neededBytes: number, usedBytes: number, quotaBytes: number) {
    super(
      `${neededBytes} bytes more would exceed the quota of ${quotaBytes} bytes, of which ${usedBytes} are used or reserved: ` +
        `purge photos from the trash, or ask an administrator for more`,
    );
    this.neededBytes = neededBytes;
    this.usedBytes = usedBytes;
    this.quotaBytes = quotaBytes;
  }
}

/** Only what is in the trash can be deleted for good. */
export class PhotoNotInTrashError extends RefusalError {
  readonly code = "photo-not-in-trash";
  readonly photoId: string;

  constructor(photoId: string) {
    super(`photo '${photoId}' is not in the trash: move it there before deleting it for good`);
    this.photoId = photoId;
  }
}

/** What is in the trash is shown nowhere. */
export class PhotoInTrashError extends RefusalError {
  readonly code = "photo-in-trash";
  readonly photoId: string;

  constructor(photoId: string) {
    super(`photo '${photoId}' is in the trash: restore it first`);
    this.photoId = photoId;
  }
}

export class UploadNotFoundError extends RefusalError {
  readonly code = "upload-not-found";
  readonly uploadId: string;

  constructor(uploadId: string) {
    super(`no upload '${uploadId}' in this catalog: it was given up, or it expired; begin again`);
    this.uploadId = uploadId;
  }
}

export class TooManyUploadsError extends RefusalError {
  readonly code = "too-many-uploads";
  readonly limit: number;

  constructor(limit: number) {
    super(`${limit} uploads are open already: complete or cancel some before beginning more`);
    this.limit = limit;
  }
}

/** So much has happened since that reading everything anew is less. */
export class ChangesTooOldError extends Error {
  readonly code = "changes-too-old";

  constructor(entries: number, most: number) {
    super(`${entries} changes have been recorded since, and at most ${most} are told: read everything anew`);
  }
}
