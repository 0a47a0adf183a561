import { conditionNotMet, invalid, StorageError } from "./storage-error.ts";

/** What a request demands of the object's present state; `0` as generation means "there is none". */
export interface Preconditions {
  readonly ifGenerationMatch?: bigint;
  readonly ifGenerationNotMatch?: bigint;
  readonly ifMetagenerationMatch?: bigint;
  readonly ifMetagenerationNotMatch?: bigint;
}

interface Present {
  readonly generation: bigint;
  readonly metageneration: bigint;
}

const names = [
  "ifGenerationMatch",
  "ifGenerationNotMatch",
  "ifMetagenerationMatch",
  "ifMetagenerationNotMatch",
] as const;

/**
 * Reads the JSON API's query parameters; `source` selects the ones of a copy's source object
 * (`ifSourceGenerationMatch`). https://cloud.google.com/storage/docs/request-preconditions
 */
export function readPreconditions(query: URLSearchParams, source = false): Preconditions {
  const result: { -readonly [name in keyof Preconditions]: bigint } = {};
  for (const name of names) {
    const parameter = source ? name.replace("if", "ifSource") : name;
    const text = query.get(parameter);
    if (text !== null) result[name] = parseGeneration(parameter, text);
  }
  return result;
}

/** The XML API's headers for the same. */
export function readHeaderPreconditions(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Preconditions {
  const generation = headers["x-goog-if-generation-match"];
  const metageneration = headers["x-goog-if-metageneration-match"];
  return {
    ...(typeof generation === "string" && {
      ifGenerationMatch: parseGeneration("x-goog-if-generation-match", generation),
    }),
    ...(typeof metageneration === "string" && {
      ifMetagenerationMatch: parseGeneration("x-goog-if-metageneration-match", metageneration),
    }),
  };
}

export function parseGeneration(name: string, text: string): bigint {
  if (!/^\d{1,19}$/.test(text)) throw invalid(`Invalid value for ${name}: '${text}' is not a generation.`);
  return BigInt(text);
}

/** @throws StorageError 412 when a demand does not hold; 304 for the `NotMatch` forms when reading. */
export function checkPreconditions(
  wanted: Preconditions,
  present: Present | undefined,
  purpose: "read" | "write",
): void {
  const generation = present?.generation ?? 0n;
  const metageneration = present?.metageneration ?? 0n;
  const matches =
    (wanted.ifGenerationMatch ?? generation) === generation &&
    (wanted.ifMetagenerationMatch ?? metageneration) === metageneration;
  if (!matches) throw conditionNotMet();
  if (wanted.ifGenerationNotMatch === generation || wanted.ifMetagenerationNotMatch === metageneration) {
    if (purpose === "read") throw new StorageError(304, "notModified", "NotModified", "Not Modified");
    throw conditionNotMet();
  }
}
