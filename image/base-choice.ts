import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseImageReference } from "./image-reference.ts";

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
export function readBaseChoice(file: string = baseChoiceFile): BaseChoice {
  const choice: unknown = JSON.parse(readFileSync(file, "utf8"));
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
