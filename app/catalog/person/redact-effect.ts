import type { Effect } from "./effects.ts";

/** Records of a person that are gone for good. */
export interface Purged {
  readonly photoIds: ReadonlySet<string>;
  /** Uploads that became one of the photos. */
  readonly uploadIds: ReadonlySet<string>;
}

/**
 * The effect without what tells anything about a purged photo: names, texts, tags, place, time, camera, checksums and
 * the blurred picture. Ids, sizes and formats stay, so that what counts against the quota can be told for every moment.
 * An effect that says nothing of that kind is returned as it is.
 */
export function redactEffect(effect: Effect, { photoIds, uploadIds }: Purged): Effect {
  switch (effect.kind) {
    case "photo-added":
      return photoIds.has(effect.photo.id) ? { ...effect, photo: { ...effect.photo, ...untold } } : effect;
    case "photo-edited":
      return photoIds.has(effect.photoId) ? { ...effect, changes: textless(effect.changes) } : effect;
    case "photo-derived":
      return photoIds.has(effect.photoId) ? { ...effect, thumbhash: "", metadata: {} } : effect;
    case "processing-failed":
      return photoIds.has(effect.photoId) ? { ...effect, metadata: {} } : effect;
    case "upload-opened":
      return uploadIds.has(effect.upload.id)
        ? { ...effect, upload: { ...effect.upload, filename: "", title: null, sha256: "" } }
        : effect;
    default:
      return effect;
  }
}

const untold = {
  title: null,
  description: null,
  filename: "",
  tags: [],
  metadata: {},
  takenAt: null,
  takenOffsetMinutes: null,
  sha256: "",
  crc32c: "",
  latitude: null,
  longitude: null,
  camera: null,
  lens: null,
  thumbhash: "",
};

type Edited = Extract<Effect, { kind: "photo-edited" }>["changes"];

function textless({ title, description, tags, ...rest }: Edited): Edited {
  return {
    ...rest,
    ...(title !== undefined && { title: null }),
    ...(description !== undefined && { description: null }),
    ...(tags !== undefined && { tags: [] }),
  };
}
