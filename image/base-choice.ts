import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findDigest } from "./base-image.ts";
import { parseImageReference } from "./image-reference.ts";
import { type RegistryClientOptions, openRegistry } from "./registry-client.ts";
import { googleCredentials } from "./registry-credentials.ts";

/** Which base an image stands on, and whose Node it runs. */
export interface BaseChoice {
  /** Such as `gcr.io/distroless/cc-debian12:nonroot`, without a digest. */
  readonly reference: string;
  /** `sha256:…`, or nothing as long as nobody pinned it: then it can be planned and not deployed. */
  readonly digest: string | null;
  /** `lockfile`: the Node that the lockfile pins. Else the path of the base's own, such as `/nodejs/bin/node`. */
  readonly node: string;
}

/** The choice of this repository: one for all environments, for they run the same image. */
export const baseChoiceFile = join(import.meta.dirname, "base.json");

/** @throws Error that says what is wrong in the file */
export async function readBaseChoice(file: string = baseChoiceFile): Promise<BaseChoice> {
  const choice: unknown = JSON.parse(await readFile(file, "utf8"));
  if (!isBaseChoice(choice)) {
    throw new Error(
      `${file} must hold a 'reference', a 'digest' (sha256:… or null) and 'node' ("lockfile", or the path of the base's own)`,
    );
  }
  const { tag, digest } = parseImageReference(choice.reference);
  if (tag === undefined || digest !== undefined) {
    throw new Error(
      `'reference' in ${file} must name a tag and no digest, such as gcr.io/distroless/cc-debian12:nonroot, got '${choice.reference}'`,
    );
  }
  return choice;
}

/** The reference with its digest, as a registry takes it. */
export function pinnedReference({ reference, digest }: BaseChoice): string {
  return digest === null ? reference : `${reference}@${digest}`;
}

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

function isBaseChoice(value: unknown): value is BaseChoice {
  return (
    typeof value === "object" &&
    value !== null &&
    "reference" in value &&
    typeof value.reference === "string" &&
    "digest" in value &&
    (value.digest === null ||
      (typeof value.digest === "string" && /^sha256:[0-9a-f]{64}$/.test(value.digest))) &&
    "node" in value &&
    typeof value.node === "string" &&
    (value.node === "lockfile" || value.node.startsWith("/"))
  );
}
