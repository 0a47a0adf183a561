import { Readable } from "node:stream";
import type { Content } from "./oci-image.ts";
import type { RegistryClient } from "./registry-client.ts";

/** Sends a small object that lies in memory, unless the registry has it. */
export async function writeContent({ descriptor, bytes }: Content, registry: RegistryClient): Promise<void> {
  if (await registry.hasBlob(descriptor.digest)) return;
  await registry.writeBlob({
    digest: descriptor.digest,
    size: descriptor.size,
    open: (start, end) => Readable.from([bytes.subarray(start, end)]),
  });
}
