import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import type { BaseLayer } from "../../image/base-image.ts";
import type { BlobCache } from "../../image/blob-cache.ts";
import type { BuiltImage } from "../../image/build.ts";
import { describeImage } from "../../image/oci-image.ts";

/** An image of one layer that no registry has yet. */
export async function randomImage(cache: BlobCache, bytes: number): Promise<Omit<BuiltImage, "recipe">> {
  const blob = await cache.keep(Readable.from([randomBytes(bytes)]));
  const layer: BaseLayer = {
    ...blob,
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
    diffId: blob.digest,
    title: "random",
    fetch: () => Promise.resolve(),
  };
  const program = {
    entrypoint: ["/program"],
    command: [],
    environment: {},
    workingFolder: "/",
    user: "65532:65532",
    port: 8080,
  };
  return { ...describeImage({ layers: [layer], program, labels: {} }), layers: [layer] };
}
