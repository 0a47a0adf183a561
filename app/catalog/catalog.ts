import type { Photo } from "./photo.ts";

/** The catalog's public face: what the service's rooms may ask of it. */
export interface Catalog {
  /**
   * Validates a command against the person's newest state, makes it durable, applies it.
   * Once this resolves the change is safe. The same key with the same command gives the first answer again.
   *
   * @throws PhotoNotFoundError, PhotoExistsError, QuotaExceededError: refused; nothing was written.
   * @throws IdempotencyKeyReusedError when the key was used for another command.
   * @throws CommitOutcomeUnknownError when the store did not answer: repeat with the same key.
   */
  execute(userId: string, command: Command, options: { readonly idempotencyKey: string }): Promise<Receipt>;

  /** One photo, in the trash or not; undefined where this person has none of that id. */
  photo(userId: string, photoId: string): Promise<Photo | undefined>;

  /** The photo of exactly this content, in the trash or not; `sha256` is 64 hexadecimal digits. */
  photoOfContent(userId: string, sha256: string): Promise<Photo | undefined>;

  /** Newest first, by time of capture (of upload where unknown), then id. */
  photos(userId: string, query: PhotoQuery): Promise<PhotoPage>;

  profile(userId: string): Promise<Profile | undefined>;

  /** Finishes what is under way, closes every view and lets go of the data folder. */
  close(): Promise<void>;
}

export type Command =
  | { readonly kind: "add-photo"; readonly photo: NewPhoto }
  | { readonly kind: "trash-photo"; readonly photoId: string }
  | { readonly kind: "restore-photo"; readonly photoId: string }
  | { readonly kind: "see-sign-in"; readonly email: string; readonly name: string | null };

/** What the catalog itself decides is left out. */
export type NewPhoto = Omit<
  Photo,
  "userId" | "uploadDate" | "updatedDate" | "deletedAt" | "version" | "favorite" | "private"
> & {
  /** @default the person's own setting, which starts as private */
  readonly private?: boolean;
};

export interface Receipt {
  /** Names the person and the sequence number; a later read that is given it sees this change. */
  readonly token: string;
  readonly sequence: number;
  /** The photo as it is now, where the command was about one. */
  readonly photo: Photo | undefined;
}

export interface PhotoQuery {
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
