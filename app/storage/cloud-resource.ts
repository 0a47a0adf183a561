import type { StoredObject } from "./object-store.ts";

/** The fields of an object's resource that are read: https://cloud.google.com/storage/docs/json_api/v1/objects */
export interface CloudObjectResource {
  readonly size?: string | number | undefined;
  readonly contentType?: string | undefined;
  readonly generation?: string | number | undefined;
  readonly crc32c?: string | undefined;
}

export function storedObjectFrom(resource: CloudObjectResource, name: string): StoredObject {
  const { size, contentType, generation, crc32c } = resource;
  if (size === undefined || generation === undefined || crc32c === undefined) {
    throw new TypeError(`the store's answer about '${name}' lacks size, generation or checksum`);
  }
  return {
    name,
    sizeBytes: Number(size),
    contentType: contentType ?? "application/octet-stream",
    generation: String(generation),
    crc32c,
  };
}
