import { writeFile } from "node:fs/promises";
import { type BaseChoice, baseChoiceFile, pinnedReference, readBaseChoice } from "./base-choice.ts";
import { findDigest, readBaseImage } from "./base-image.ts";
import { type BlobCache, openBlobCache } from "./blob-cache.ts";
import { parseImageReference } from "./image-reference.ts";
import { type RegistryClientOptions, openRegistry } from "./registry-client.ts";
import { googleCredentials } from "./registry-credentials.ts";
import { RegistryError } from "./registry-error.ts";

export interface PinOptions extends RegistryClientOptions {
  /** Keeps what was read of the base, for the first push. @default the person's own */
  readonly cache?: BlobCache;
}

/**
 * Writes into the file which digest the reference means today, once the base has been found fit to stand on.
 *
 * @returns the choice as it stands now, and whether it changed
 * @throws Error when the registry cannot be reached, or has no such base for linux/amd64; then the file is as it was
 */
export async function pinBaseChoice(
  file: string = baseChoiceFile,
  { cache = openBlobCache(), ...options }: PinOptions = {},
): Promise<{ readonly choice: BaseChoice; readonly hasChanged: boolean }> {
  const before = readBaseChoice(file);
  const reference = parseImageReference(before.reference);
  const registry = openRegistry(reference, { credentials: googleCredentials, ...options });
  try {
    const choice = {
      reference: before.reference,
      digest: await findDigest(reference, registry),
      node: before.node,
    };
    await readBaseImage(pinnedReference(choice), registry, cache);
    if (choice.digest === before.digest) return { choice, hasChanged: false };
    await writeFile(file, `${JSON.stringify(choice, undefined, 2)}\n`);
    return { choice, hasChanged: true };
  } catch (error) {
    if (!(error instanceof RegistryError) || error.status !== undefined) throw error;
    throw new Error(
      `${error.message}: repeat \`npm run image:pin\` where ${registry.host} can be reached, with HTTPS_PROXY set if only a proxy reaches it`,
      { cause: error },
    );
  }
}
