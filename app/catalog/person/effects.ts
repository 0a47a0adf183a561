import type { TSchema } from "typebox";
import type { Changes } from "../protocol/changes.ts";
import { effectParser } from "../protocol/effect-parser.ts";
import type { EffectContext } from "../protocol/model.ts";
import {
  PhotoAdded,
  PhotoRestored,
  PhotoTrashed,
  meanPhotoAdded,
  meanPhotoRestored,
  meanPhotoTrashed,
} from "./photo-effects.ts";
import {
  PhotoDerived,
  PhotoPurged,
  PhotoPurging,
  ProcessingFailed,
  meanPhotoDerived,
  meanPhotoPurged,
  meanPhotoPurging,
  meanProcessingFailed,
} from "./processing-effects.ts";
import {
  UploadClosed,
  UploadCompleted,
  UploadOpened,
  meanUploadClosed,
  meanUploadCompleted,
  meanUploadOpened,
} from "./upload-effects.ts";
import { PhotoEdited, meanPhotoEdited } from "./photo-edit-effect.ts";
import {
  AlbumCreated,
  AlbumDeleted,
  AlbumEdited,
  AlbumPhotosAdded,
  AlbumPhotosMoved,
  AlbumPhotosRemoved,
  meanAlbumCreated,
  meanAlbumDeleted,
  meanAlbumEdited,
  meanAlbumPhotosAdded,
  meanAlbumPhotosMoved,
  meanAlbumPhotosRemoved,
} from "./album-effects.ts";
import {
  ShareCreated,
  ShareEnded,
  SharePhotosRemoved,
  meanShareCreated,
  meanShareEnded,
  meanSharePhotosRemoved,
} from "./share-effects.ts";
import {
  AccountClosed,
  QuotaSet,
  SettingsChanged,
  SignedIn,
  meanAccountClosed,
  meanQuotaSet,
  meanSettingsChanged,
  meanSignedIn,
} from "./profile-effects.ts";

/** Everything that can happen to a person's catalog. Entries of every release stay readable: nothing is removed. */
export type Effect =
  | PhotoAdded
  | PhotoTrashed
  | PhotoRestored
  | PhotoDerived
  | ProcessingFailed
  | PhotoPurging
  | PhotoPurged
  | UploadOpened
  | UploadCompleted
  | UploadClosed
  | SignedIn
  | PhotoEdited
  | SettingsChanged
  | QuotaSet
  | AccountClosed
  | AlbumCreated
  | AlbumEdited
  | AlbumPhotosAdded
  | AlbumPhotosRemoved
  | AlbumPhotosMoved
  | AlbumDeleted
  | ShareCreated
  | SharePhotosRemoved
  | ShareEnded;

const schemas = {
  "photo-added": PhotoAdded,
  "photo-trashed": PhotoTrashed,
  "photo-restored": PhotoRestored,
  "photo-derived": PhotoDerived,
  "processing-failed": ProcessingFailed,
  "photo-purging": PhotoPurging,
  "photo-purged": PhotoPurged,
  "upload-opened": UploadOpened,
  "upload-completed": UploadCompleted,
  "upload-closed": UploadClosed,
  "signed-in": SignedIn,
  "photo-edited": PhotoEdited,
  "settings-changed": SettingsChanged,
  "quota-set": QuotaSet,
  "account-closed": AccountClosed,
  "album-created": AlbumCreated,
  "album-edited": AlbumEdited,
  "album-photos-added": AlbumPhotosAdded,
  "album-photos-removed": AlbumPhotosRemoved,
  "album-photos-moved": AlbumPhotosMoved,
  "album-deleted": AlbumDeleted,
  "share-created": ShareCreated,
  "share-photos-removed": SharePhotosRemoved,
  "share-ended": ShareEnded,
} as const satisfies { [K in Effect["kind"]]: TSchema };

export const effectKinds: readonly string[] = Object.keys(schemas);

/** Read here and written by the next release: see Model. */
export const unwrittenEffectKinds: readonly Effect["kind"][] = [];

export const parseEffect: (value: unknown) => Effect | undefined = effectParser(schemas);

export function mean(effect: Effect, changes: Changes, context: EffectContext): void {
  switch (effect.kind) {
    case "photo-added":
      return meanPhotoAdded(effect, changes, context);
    case "photo-trashed":
      return meanPhotoTrashed(effect, changes, context);
    case "photo-restored":
      return meanPhotoRestored(effect, changes, context);
    case "photo-derived":
      return meanPhotoDerived(effect, changes, context);
    case "processing-failed":
      return meanProcessingFailed(effect, changes, context);
    case "photo-purging":
      return meanPhotoPurging(effect, changes, context);
    case "photo-purged":
      return meanPhotoPurged(effect, changes);
    case "upload-opened":
      return meanUploadOpened(effect, changes, context);
    case "upload-completed":
      return meanUploadCompleted(effect, changes);
    case "upload-closed":
      return meanUploadClosed(effect, changes);
    case "signed-in":
      return meanSignedIn(effect, changes, context);
    case "photo-edited":
      return meanPhotoEdited(effect, changes, context);
    case "settings-changed":
      return meanSettingsChanged(effect, changes, context);
    case "quota-set":
      return meanQuotaSet(effect, changes, context);
    case "account-closed":
      return meanAccountClosed(effect, changes, context);
    case "album-created":
      return meanAlbumCreated(effect, changes, context);
    case "album-edited":
      return meanAlbumEdited(effect, changes, context);
    case "album-photos-added":
      return meanAlbumPhotosAdded(effect, changes, context);
    case "album-photos-removed":
      return meanAlbumPhotosRemoved(effect, changes, context);
    case "album-photos-moved":
      return meanAlbumPhotosMoved(effect, changes, context);
    case "album-deleted":
      return meanAlbumDeleted(effect, changes);
    case "share-created":
      return meanShareCreated(effect, changes, context);
    case "share-photos-removed":
      return meanSharePhotosRemoved(effect, changes);
    case "share-ended":
      return meanShareEnded(effect, changes, context);
  }
}
