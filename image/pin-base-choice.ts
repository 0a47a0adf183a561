import { writeFile } from "node:fs/promises";
import { type BaseChoice, baseChoiceFile, readBaseChoice } from "./base-choice.ts";
import { findDigest } from "./base-image.ts";
import { parseImageReference } from "./image-reference.ts";
import { type RegistryClientOptions, openRegistry } from "./registry-client.ts";
import { googleCredentials } from "./registry-credentials.ts";

/**
 * Writes into the file which digest the reference means today.
 *
 * @returns the choice as it stands now, and whether it changed
 * @throws Error when the registry cannot be reached; then the file is as it was
 */
export async function pinBaseChoice(
  file: string = baseChoiceFile,
  options: RegistryClientOptions = {},
): Promise<{ readonly choice: BaseChoice; readonly hasChanged: boolean }> {
  const before = await readBaseChoice(file);
  const reference = parseImageReference(before.reference);
  const digest = await findDigest(
    reference,
    openRegistry(reference, { credentials: googleCredentials, ...options }),
  );
  const choice = { reference: before.reference, digest, node: before.node };
  if (digest === before.digest) return { choice, hasChanged: false };
  await writeFile(file, `${JSON.stringify(choice, undefined, 2)}\n`);
  return { choice, hasChanged: true };
}
