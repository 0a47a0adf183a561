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

export class QuotaExceededError extends RefusalError {
  readonly code = "quota-exceeded";
  readonly neededBytes: number;
  readonly usedBytes: number;
  readonly quotaBytes: number;

  constructor(neededBytes: number, usedBytes: number, quotaBytes: number) {
    super(
      `${neededBytes} bytes more would exceed the quota of ${quotaBytes} bytes, of which ${usedBytes} are used: ` +
        `purge photos from the trash, or ask an administrator for more`,
    );
    this.neededBytes = neededBytes;
    this.usedBytes = usedBytes;
    this.quotaBytes = quotaBytes;
  }
}
