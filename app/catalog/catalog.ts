import type { Photo } from "./photo.ts";
import type { NewUpload, Upload } from "./upload.ts";
import type { Usage } from "./usage.ts";

/**
 * The catalog's public face: what the service's rooms may ask of it. `createCatalog` in create-catalog.ts makes one.
 * Answers are at most a second behind what any instance acknowledged.
 */
export interface Catalog {
  /**
   * Validates a command against the person's newest state, makes it durable, applies it.
   * Once this resolves the change is safe. The same key with the same command gives the first answer again.
   *
   * @throws PhotoNotFoundError, PhotoExistsError, PhotoNotInTrashError, UploadNotFoundError, TooManyUploadsError,
   *   QuotaExceededError: refused; nothing was written. A photo exists by its id or by its content; the error names
   *   the one that is there.
   * @throws PhotoChangedError when the photo is not the version that the command expects.
   * @throws AccountClosedError for every command after `close-account`.
   * @throws IdempotencyKeyReusedError when the key was used for another command.
   * @throws InvalidCommandError when a field cannot be recorded as it is.
   * @throws CommitOutcomeUnknownError when the store did not answer: repeat with the same key.
   * @throws CommitFailedError, CatalogBusyError: not made; repeat later.
   * @throws DamagedLogError when an entry of this person's log cannot be read; says which and what to do.
   */
  execute(userId: string, command: Command, options: { readonly idempotencyKey: string }): Promise<Receipt>;

  /** One photo, in the trash or not; undefined where this person has none of that id. */
  photo(userId: string, photoId: string, reading?: Reading): Promise<Photo | undefined>;

  /** The photo of exactly this content, in the trash or not; `sha256` is 64 hexadecimal digits. */
  photoOfContent(userId: string, sha256: string, reading?: Reading): Promise<Photo | undefined>;

  /**
   * Newest first, by time of capture (of upload where unknown), then id.
   *
   * @throws InvalidCursorError, RangeError for a limit out of bounds.
   */
  photos(userId: string, query: PhotoQuery): Promise<PhotoPage>;

  /**
   * Every photo of the person in whatever state, in the order of their ids, for upkeep.
   *
   * @throws RangeError for a limit out of bounds.
   */
  everyPhoto(userId: string, query: EveryPhotoQuery): Promise<readonly Photo[]>;

  /** An upload, open or completed, until some time after its reservation has ended. */
  upload(userId: string, uploadId: string, reading?: Reading): Promise<Upload | undefined>;

  /**
   * Undefined while the person was never seen signing in. As every question but `everyPhoto` and `isClosed`, it
   * throws AccountClosedError once the account is closed: nothing is readable then.
   */
  profile(userId: string, reading?: Reading): Promise<Profile | undefined>;

  /** What the person's photos, trash and uploads under way take of their quota. */
  usage(userId: string, reading?: Reading): Promise<Usage>;

  /** Whether the account's final entry was written. */
  isClosed(userId: string): Promise<boolean>;

  /**
   * Copies what has no copy yet, so that opening this person's catalog stays quick: a snapshot of the view, segments
   * of the log. Failing is no harm: it is told to `notify`, and tried again another time.
   */
  keepUp(userId: string): Promise<void>;

  /** Finishes what is under way and closes every view. */
  close(): Promise<void>;
}

export type Command =
  | {
      readonly kind: "add-photo";
      readonly photo: NewPhoto;
      /** The upload that this completes; the photo takes over the room that is reserved for it. */
      readonly uploadId?: string;
    }
  | { readonly kind: "trash-photo"; readonly photoId: string }
  | { readonly kind: "restore-photo"; readonly photoId: string }
  /** Ends `processing`, or replaces what an earlier procedure made. */
  | { readonly kind: "record-derivatives"; readonly photoId: string; readonly derivatives: NewDerivatives }
  | { readonly kind: "fail-processing"; readonly photoId: string; readonly reason: string }
  /** From the trash only. From now on it is shown nowhere, and its bytes may be deleted. */
  | { readonly kind: "purge-photo"; readonly photoId: string }
  /** Once its bytes are deleted: the record goes, and the room is free. */
  | { readonly kind: "finish-purge"; readonly photoId: string }
  /** Reserves room. */
  | { readonly kind: "open-upload"; readonly upload: NewUpload }
  /** Frees it again; nothing there is no error. */
  | { readonly kind: "close-upload"; readonly uploadId: string }
  | { readonly kind: "see-sign-in"; readonly email: string; readonly name: string | null }
  | {
      readonly kind: "edit-photo";
      readonly photoId: string;
      readonly edit: PhotoEdit;
      /** The version that the edit was made on. @default whatever it is */
      readonly expectedVersion?: number;
    }
  | { readonly kind: "favorite-photo"; readonly photoId: string; readonly favorite: boolean }
  /** What is left out stays as it is. */
  | { readonly kind: "change-settings"; readonly settings: Partial<Profile["settings"]> }
  /** Null: what everyone has. Less than is used is allowed; nothing can be added then. */
  | { readonly kind: "set-quota"; readonly bytes: number | null; readonly administratorId: string }
  /** The last command that is ever taken. */
  | { readonly kind: "close-account" };

/** What is left out stays as it is. Text is trimmed, and empty text is none; a tag counts once. */
export type PhotoEdit = Partial<Pick<Photo, "title" | "description" | "tags" | "private" | "favorite">>;

/** What the catalog itself decides is left out. */
export type NewPhoto = Omit<
  Photo,
  "userId" | "uploadDate" | "updatedDate" | "deletedAt" | "version" | "favorite" | "private"
> & {
  /** @default the person's own setting, which starts as private */
  readonly private?: boolean;
};

export type NewDerivatives = Pick<
  Photo,
  "previewPath" | "thumbnailPath" | "thumbhash" | "derivation" | "width" | "height"
> & {
  /** What the decoder complained of. */
  readonly warning: string | null;
};

export interface Receipt {
  /** Names the person and the sequence number; a later read that is given it sees this change. */
  readonly token: string;
  readonly sequence: number;
  /** The photo as it is now, where the command was about one. */
  readonly photo: Photo | undefined;
  /** The upload as it is now, where the command was about one. */
  readonly upload: Upload | undefined;
}

export interface EveryPhotoQuery {
  /** 1 to 1,000. */
  readonly limit: number;
  /** Begins after this id. */
  readonly after?: string;
}

export interface Reading {
  /** A receipt's token: the answer has seen that change. @throws InvalidTokenError for one no receipt carried. */
  readonly after?: string;
}

export interface PhotoQuery extends Reading {
  /** 1 to 200. @default 50 */
  readonly limit?: number;
  /** From the page before; opaque. */
  readonly cursor?: string;
  /** @default false: what is not in the trash */
  readonly trashed?: boolean;
}

export interface PhotoPage {
  readonly photos: readonly Photo[];
  /** Undefined on the last page. */
  readonly nextCursor: string | undefined;
}

export interface Profile {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly avatarUrl: string | null;
  readonly createdDate: string;
  readonly lastLogin: string;
  readonly settings: { readonly privateByDefault: boolean };
  readonly storageQuota: number;
  readonly storageUsed: number;
}
