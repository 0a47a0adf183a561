import {
  type Content,
  type Descriptor,
  indexMediaType,
  jsonContent,
  manifestMediaType,
  storedManifest,
} from "./oci-image.ts";
import { writeContent } from "./content-upload.ts";
import type { RegistryClient, StoredManifest } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";

/** Something said about an image, kept beside it in the registry. */
export interface Attachment {
  /** Ends the attachment's own tag, such as `spdx`: without a tag, a clean-up of the registry would take it. */
  readonly name: string;
  readonly artifactType: string;
  readonly content: Content;
}

/**
 * Attaches statements to an image as referrers. Where the registry does not keep referrers, one index that names
 * them all is tagged by the image's digest, as the specification says.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export async function writeAttachments(
  image: StoredManifest,
  attachments: readonly Attachment[],
  tag: string,
  registry: RegistryClient,
): Promise<void> {
  if (attachments.length === 0) return;
  const empty = jsonContent("application/vnd.oci.empty.v1+json", {});
  await writeContent(empty, registry);
  const referrers: Descriptor[] = [];
  let areKept = true;
  for (const { name, artifactType, content } of attachments) {
    await writeContent(content, registry);
    const manifest = storedManifest(manifestMediaType, {
      schemaVersion: 2,
      mediaType: manifestMediaType,
      artifactType,
      config: empty.descriptor,
      layers: [content.descriptor],
      subject: { mediaType: image.mediaType, digest: image.digest, size: image.bytes.length },
    });
    const { keepsReferrers } = await writeOnce(registry, `${tag}.${name}`, manifest);
    areKept &&= keepsReferrers;
    referrers.push({
      mediaType: manifest.mediaType,
      digest: manifest.digest,
      size: manifest.bytes.length,
      artifactType,
    });
  }
  if (areKept) return;
  const index = storedManifest(indexMediaType, {
    schemaVersion: 2,
    mediaType: indexMediaType,
    manifests: referrers,
  });
  await writeOnce(registry, image.digest.replace(":", "-"), index);
}

/** A tag that cannot be moved and is there was written by an earlier try that broke off later. */
async function writeOnce(
  registry: RegistryClient,
  tag: string,
  manifest: StoredManifest,
): Promise<{ readonly keepsReferrers: boolean }> {
  try {
    return await registry.writeManifest(tag, manifest);
  } catch (error) {
    const isThere = error instanceof RegistryError && (await registry.findManifest(tag)) !== undefined;
    if (!isThere) throw error;
    return await registry.writeManifest(manifest.digest, manifest);
  }
}
