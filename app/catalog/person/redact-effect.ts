import type { Effect } from "./effects.ts";

/**
 * The effect without what tells anything about a purged photo, or the upload that it came by: names, texts, tags, place,
 * time, camera, checksums and the blurred picture. Ids, sizes and formats stay, so that what counts against the quota can
 * be told for every moment. An effect that says nothing of that kind is returned as it is.
 */
export function redactEffect(effect: Effect): Effect {
  switch (effect.kind) {
    case "photo-added":
      return { ...effect, photo: { ...effect.photo, ...untold } };
    case "photo-edited":
      return { ...effect, changes: textless(effect.changes) };
    case "photo-derived":
      return { ...effect, thumbhash: "", metadata: {} };
    case "processing-failed":
      return { ...effect, metadata: {} };
    case "upload-opened":
      return { ...effect, upload: { ...effect.upload, filename: "", title: null, sha256: "" } };
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
