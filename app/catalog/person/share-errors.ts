import { RefusalError } from "../protocol/model.ts";

export class ShareNotFoundError extends RefusalError {
  readonly code = "share-not-found";
  readonly shareId: string;

  constructor(shareId: string) {
    super(`no share '${shareId}' in this catalog`);
    this.shareId = shareId;
  }
}

export class ShareExistsError extends RefusalError {
  readonly code = "share-exists";
  readonly shareId: string;

  constructor(shareId: string) {
    super(`share '${shareId}' is in this catalog already: give the new one another id`);
    this.shareId = shareId;
  }
}

export class TooManySharesError extends RefusalError {
  readonly code = "too-many-shares";
  readonly limit: number;

  constructor(limit: number) {
    super(`${limit} shares are open already: end some before opening more`);
    this.limit = limit;
  }
}

const remedies = {
  private: "is private: make it visible to colleagues first",
  trash: "is in the trash: restore it first",
  "not-ready": "has no pictures yet: wait until they are made",
} as const;

export class PhotoNotShareableError extends RefusalError {
  readonly code = "photo-not-shareable";
  readonly photoId: string;
  readonly reason: keyof typeof remedies;

  constructor(photoId: string, reason: keyof typeof remedies) {
    super(`photo '${photoId}' ${remedies[reason]}`);
    this.photoId = photoId;
    this.reason = reason;
  }
}
