import type { Album } from "./album.ts";
import type { Command } from "./command.ts";
import type { Photo } from "./photo.ts";
import type { Copied } from "./protocol/open-catalog.ts";
import type { Questions } from "./questions.ts";
import type { Share } from "./share.ts";
import type { Upload } from "./upload.ts";

/**
 * The catalog's public face: what the service's rooms may ask of it. `createCatalog` in create-catalog.ts makes one.
 * Answers are at most a second behind what any instance acknowledged.
 */
export interface Catalog extends Questions {
  /**
   * Validates a command against the person's newest state, makes it durable, applies it.
   * Once this resolves the change is safe. For a day the same key with the same command gives the first answer again. A
   * command that changes nothing, like restoring what is not in the trash, writes nothing, and its key is not kept:
   * repeated, it is decided anew, on what others have done since.
   *
   * @throws PhotoNotFoundError, PhotoExistsError, PhotoNotInTrashError, PhotoInTrashError, UploadNotFoundError,
   *   TooManyUploadsError, QuotaExceededError: refused; nothing was written. A photo exists by its id or by its
   *   content; the error names the one that is there.
   * @throws AlbumNotFoundError, AlbumExistsError, AlbumFullError, TooManyAlbumsError, PhotoNotInAlbumError,
   *   ShareNotFoundError, ShareExistsError, TooManySharesError, PhotoNotShareableError: likewise.
   * @throws PhotoChangedError, AlbumChangedError when it is not the version that the command expects.
   * @throws AccountClosedError for every command after `close-account`.
   * @throws IdempotencyKeyReusedError when the key was used for another command.
   * @throws InvalidCommandError when a field cannot be recorded as it is, or the key has not 1 to 300 characters.
   * @throws RangeError for an id that no person has: `organisation`, an empty one, one with a '/'.
   * @throws CommitOutcomeUnknownError when the store did not answer: repeat with the same key.
   * @throws CommitFailedError, CatalogBusyError: not made; repeat later. Questions throw the latter too.
   * @throws DamagedLogError when an entry of this person's log cannot be read or is missing; says which and what to do.
   */
  execute(userId: string, command: Command, options: { readonly idempotencyKey: string }): Promise<Receipt>;

  /**
   * Makes what an entry changed what it was before, by a new entry; so an undo can be undone itself. Shares that ended
   * stay ended, a photo that was added goes into the trash. Everything that the entry did, or nothing.
   *
   * @param sequence of the entry, as `activity` tells it
   * @throws EntryNotFoundError, EntryNotUndoableError, and EntryOvertakenError when later entries rest on what this one
   *   did or have replaced it: refused; nothing was written.
   * @throws what `execute` throws
   */
  undo(userId: string, sequence: number, options: { readonly idempotencyKey: string }): Promise<Receipt>;

  /** Whether the account's final entry was written. */
  isClosed(userId: string): Promise<boolean>;

  /**
   * Copies what has no copy yet, so that opening this person's catalog stays quick: a snapshot of the view, segments
   * of the log. `entries` is how many make it worth while (default 1). Failing is no harm: it is told to `notify` and
   * whoever asked, and tried again another time. A dry run copies nothing and counts.
   */
  keepUp(
    userId: string,
    options?: { readonly entries?: number; readonly isDryRun?: boolean },
  ): Promise<Copied>;

  /** Finishes what is under way and closes every view. */
  close(): Promise<void>;
}

export interface Receipt {
  /** Names the person and the sequence number; a later read that is given it sees this change. */
  readonly token: string;
  readonly sequence: number;
  /** The photo as it is now, where the command was about one. */
  readonly photo: Photo | undefined;
  /** The upload as it is now, where the command was about one. */
  readonly upload: Upload | undefined;
  readonly album: Album | undefined;
  readonly share: Share | undefined;
}
