import type { AlbumEdit, NewAlbum } from "./album.ts";
import type { Photo } from "./photo.ts";
import type { Profile } from "./profile.ts";
import type { NewShare } from "./share.ts";
import type { TouchedRow } from "./touched-row.ts";
import type { NewUpload } from "./upload.ts";

/** What a person's catalog can be told to do. */
export type Command =
  | PhotoCommand
  | AlbumCommand
  | ShareCommand
  | UploadCommand
  | ProfileCommand
  | UndoCommand;

/** What `Catalog.undo` gives once it has read what the entry did: `touched` is that, and is not up to whoever asks. */
export interface UndoCommand {
  readonly kind: "undo-entry";
  readonly sequence: number;
  readonly touched: readonly TouchedRow[];
}

export type PhotoCommand =
  | {
      readonly kind: "add-photo";
      readonly photo: NewPhoto;
      /** The upload that this completes; the photo takes over the room that is reserved for it. */
      readonly uploadId?: string;
    }
  /** Every share loses it, and keeps it lost when it is restored. */
  | { readonly kind: "trash-photo"; readonly photoId: string }
  | { readonly kind: "restore-photo"; readonly photoId: string }
  /** Ends `processing`, or replaces what an earlier procedure made. */
  | { readonly kind: "record-derivatives"; readonly photoId: string; readonly derivatives: NewDerivatives }
  | { readonly kind: "fail-processing"; readonly photoId: string; readonly reason: string }
  /** From the trash only. From now on it is shown nowhere, in no album either, and its bytes may be deleted. */
  | { readonly kind: "purge-photo"; readonly photoId: string }
  /** Once its bytes are deleted: the record goes, and the room is free. */
  | { readonly kind: "finish-purge"; readonly photoId: string }
  | {
      readonly kind: "edit-photo";
      readonly photoId: string;
      /** Made private, it leaves every share. */
      readonly edit: PhotoEdit;
      /** The version that the edit was made on. @default whatever it is */
      readonly expectedVersion?: number;
    }
  | { readonly kind: "favorite-photo"; readonly photoId: string; readonly favorite: boolean }
  /** Takes these off, then puts those on, at the end; the other tags stay. What is so already is no error. */
  | {
      readonly kind: "tag-photo";
      readonly photoId: string;
      readonly add?: readonly string[];
      readonly remove?: readonly string[];
    };

export type AlbumCommand =
  | { readonly kind: "create-album"; readonly album: NewAlbum }
  | {
      readonly kind: "edit-album";
      readonly albumId: string;
      readonly edit: AlbumEdit;
      /** The version that the edit was made on. @default whatever it is */
      readonly expectedVersion?: number;
    }
  /** At the end, in this order; what is in it stays where it is. */
  | { readonly kind: "add-to-album"; readonly albumId: string; readonly photoIds: readonly string[] }
  /** What is not in it is no error. */
  | { readonly kind: "remove-from-album"; readonly albumId: string; readonly photoIds: readonly string[] }
  | {
      readonly kind: "move-in-album";
      readonly albumId: string;
      /** In the order that they are to have; all are in the album. */
      readonly photoIds: readonly string[];
      /** The photo of the album that they come to stand before; null for the end. */
      readonly before: string | null;
    }
  /** The photos stay. */
  | { readonly kind: "delete-album"; readonly albumId: string };

export type ShareCommand =
  | { readonly kind: "create-share"; readonly share: NewShare }
  /** Revoked, or expired and cleared away; ended already is no error. */
  | { readonly kind: "end-share"; readonly shareId: string };

export type UploadCommand =
  /** Reserves room. */
  | { readonly kind: "open-upload"; readonly upload: NewUpload }
  /**
   * Frees it again; nothing there is no error. With the id of a photo that has this content it leads to that from then on,
   * as if it had become it.
   */
  | { readonly kind: "close-upload"; readonly uploadId: string; readonly photoId?: string };

export type ProfileCommand =
  | { readonly kind: "see-sign-in"; readonly email: string; readonly name: string | null }
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
