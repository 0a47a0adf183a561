import { createHash } from "node:crypto";
import type { NewPhoto } from "../../app/catalog/command.ts";

export function newPhoto(id: string, changes: Partial<NewPhoto> = {}): NewPhoto {
  return {
    id,
    title: null,
    description: null,
    filename: `${id}.jpg`,
    contentType: "image/jpeg",
    sizeBytes: 1000,
    width: 4000,
    height: 3000,
    tags: [],
    storagePath: `photos/u/${id}.jpg`,
    previewPath: `previews/u/${id}_preview.v1.jpg`,
    thumbnailPath: `thumbnails/u/${id}_thumb.v1.webp`,
    metadata: {},
    takenAt: null,
    takenOffsetMinutes: null,
    sha256: createHash("sha256").update(id).digest("hex"),
    crc32c: "AAAAAA==",
    generation: "1",
    orientation: 1,
    latitude: null,
    longitude: null,
    camera: null,
    lens: null,
    thumbhash: "",
    state: "ready",
    derivation: 1,
    ...changes,
  };
}
