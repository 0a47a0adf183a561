import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { Changes } from "../protocol/changes.ts";
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
import { SignedIn, meanSignedIn } from "./profile-effects.ts";

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
  | SignedIn;

const kinds = {
  "photo-added": kind(PhotoAdded),
  "photo-trashed": kind(PhotoTrashed),
  "photo-restored": kind(PhotoRestored),
  "photo-derived": kind(PhotoDerived),
  "processing-failed": kind(ProcessingFailed),
  "photo-purging": kind(PhotoPurging),
  "photo-purged": kind(PhotoPurged),
  "upload-opened": kind(UploadOpened),
  "upload-completed": kind(UploadCompleted),
  "upload-closed": kind(UploadClosed),
  "signed-in": kind(SignedIn),
} as const satisfies { [K in Effect["kind"]]: (value: unknown) => Extract<Effect, { kind: K }> };

/**
 * Undefined for a kind that this release does not know.
 *
 * @throws TypeError for one that it knows and that is malformed.
 */
export function parseEffect(value: unknown): Effect | undefined {
  const name = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  if (typeof name !== "string") throw new TypeError("an effect needs a kind");
  return isKnownKind(name) ? kinds[name](value) : undefined;
}

function isKnownKind(name: string): name is keyof typeof kinds {
  return Object.hasOwn(kinds, name);
}

function kind<S extends TSchema>(schema: S): (value: unknown) => Static<S> {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return value;
    const [fault] = validator.Errors(value);
    throw new TypeError(`${fault?.instancePath ?? ""} ${fault?.message ?? "is malformed"}`);
  };
}

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
  }
}
