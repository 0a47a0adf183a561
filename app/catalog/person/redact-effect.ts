import type { Effect } from "./effects.ts";

/**
 * The effect without what tells anything about a purged photo, or the upload that it came by: names, texts, tags, place,
 * time, camera, checksums, the blurred picture, and whatever a newer release may have recorded beside them. What stays is
 * named here: ids, sizes and formats, so that what counts against the quota can be told for every moment. An effect that
 * says nothing of that kind is returned as it is.
 */
export function redactEffect(effect: Effect): Effect {
  switch (effect.kind) {
    case "photo-added":
      return { kind: effect.kind, photo: redactPhoto(effect.photo) };
    case "photo-edited":
      return { kind: effect.kind, photoId: effect.photoId, changes: redactChanges(effect.changes) };
    case "photo-derived": {
      const { kind, photoId, previewPath, thumbnailPath, derivation, width, height } = effect;
      const derived = { previewPath, thumbnailPath, thumbhash: "", derivation, width, height };
      return { kind, photoId, ...derived, metadata: {} };
    }
    case "processing-failed":
      return { kind: effect.kind, photoId: effect.photoId, metadata: {} };
    case "upload-opened":
      return { kind: effect.kind, upload: redactUpload(effect.upload) };
    default:
      return effect;
  }
}

type Recorded = Extract<Effect, { kind: "photo-added" }>["photo"];

function redactPhoto(photo: Recorded): Recorded {
  const { id, contentType, sizeBytes, width, height, private: isPrivate, generation, orientation } = photo;
  const { storagePath, previewPath, thumbnailPath, state, derivation } = photo;
  return {
    id,
    title: null,
    description: null,
    filename: "",
    contentType,
    sizeBytes,
    width,
    height,
    tags: [],
    private: isPrivate,
    storagePath,
    previewPath,
    thumbnailPath,
    metadata: {},
    takenAt: null,
    takenOffsetMinutes: null,
    sha256: "",
    crc32c: "",
    generation,
    orientation,
    latitude: null,
    longitude: null,
    camera: null,
    lens: null,
    thumbhash: "",
    state,
    derivation,
  };
}

type Edited = Extract<Effect, { kind: "photo-edited" }>["changes"];

function redactChanges({ title, description, tags, private: isPrivate, favorite }: Edited): Edited {
  return {
    ...(title !== undefined && { title: null }),
    ...(description !== undefined && { description: null }),
    ...(tags !== undefined && { tags: [] }),
    ...(isPrivate !== undefined && { private: isPrivate }),
    ...(favorite !== undefined && { favorite }),
  };
}

type Opened = Extract<Effect, { kind: "upload-opened" }>["upload"];

function redactUpload({ id, private: isPrivate, contentType, sizeBytes, expiresDate }: Opened): Opened {
  const told = { filename: "", title: null, sha256: "" };
  return { id, private: isPrivate, contentType, sizeBytes, expiresDate, ...told };
}
