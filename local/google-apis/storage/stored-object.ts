import { createHash } from "node:crypto";
import { CRC32C } from "@google-cloud/storage";
import { invalid } from "./storage-error.ts";

/** One generation of an object. */
export interface StoredObject {
  readonly bucket: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly generation: bigint;
  readonly metageneration: bigint;
  readonly metadata: ObjectMetadata;
  readonly md5Hash: string;
  readonly crc32c: string;
  readonly timeCreated: Date;
  readonly updated: Date;
  /** When it ceased to be the live version. */
  readonly timeDeleted?: Date;
}

/** What a writer may set. https://cloud.google.com/storage/docs/json_api/v1/objects#resource */
export interface ObjectMetadata {
  readonly contentType?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly cacheControl?: string;
  readonly customTime?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

const textFields = [
  "contentType",
  "contentDisposition",
  "contentEncoding",
  "contentLanguage",
  "cacheControl",
  "customTime",
] as const;

/** Fields that clients send along and that the service decides or only compares. */
const toleratedFields = new Set(
  (
    "name bucket kind id md5Hash crc32c size generation metageneration etag storageClass acl selfLink mediaLink " +
    "timeCreated updated temporaryHold"
  ).split(" "),
);

/** @throws StorageError 400 for an unknown field or one of another type. */
export function readMetadata(resource: Readonly<Record<string, unknown>>): ObjectMetadata {
  const result: { -readonly [name in keyof ObjectMetadata]: ObjectMetadata[name] } = {};
  for (const [name, value] of Object.entries(resource)) {
    const field = textFields.find((text) => text === name);
    if (field !== undefined && typeof value === "string") result[field] = value;
    else if (name === "metadata" && isTextRecord(value)) result.metadata = value;
    else if (value !== null && !toleratedFields.has(name))
      throw invalid(`Invalid value for field '${name}' of the object resource.`);
  }
  return result;
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((text) => typeof text === "string")
  );
}

export interface Checksums {
  readonly md5Hash: string;
  readonly crc32c: string;
}

export function checksumsOf(bytes: Buffer): Checksums {
  const crc = new CRC32C();
  crc.update(bytes);
  return { md5Hash: createHash("md5").update(bytes).digest("base64"), crc32c: crc.toString() };
}

/** @throws StorageError 400 when the sender's checksum is not that of the bytes that came. */
export function checkChecksums(expected: Readonly<Record<string, unknown>>, actual: Checksums): void {
  for (const name of ["md5Hash", "crc32c"] as const) {
    const wanted = expected[name];
    if (wanted !== undefined && wanted !== actual[name])
      throw invalid(
        `Provided ${name} ${JSON.stringify(wanted)} doesn't match calculated ${name} "${actual[name]}".`,
      );
  }
}

/** @throws StorageError 400. https://cloud.google.com/storage/docs/objects#naming */
export function checkObjectName(name: string): void {
  const bytes = Buffer.byteLength(name);
  const isValid =
    bytes >= 1 &&
    bytes <= 1024 &&
    !/[\r\n]/.test(name) &&
    name.isWellFormed() &&
    ![".", ".."].includes(name) &&
    !name.startsWith(".well-known/acme-challenge/");
  if (!isValid) throw invalid(`Invalid object name: '${name.slice(0, 80)}'.`);
}

/** The JSON API's representation. */
export function toResource(object: StoredObject, origin: string): Record<string, unknown> {
  const path = `b/${object.bucket}/o/${encodeURIComponent(object.name)}`;
  return {
    kind: "storage#object",
    id: `${object.bucket}/${object.name}/${object.generation}`,
    selfLink: `${origin}/storage/v1/${path}`,
    mediaLink: `${origin}/download/storage/v1/${path}?generation=${object.generation}&alt=media`,
    name: object.name,
    bucket: object.bucket,
    generation: String(object.generation),
    metageneration: String(object.metageneration),
    storageClass: "STANDARD",
    size: String(object.bytes.length),
    md5Hash: object.md5Hash,
    crc32c: object.crc32c,
    etag: etagOf(object),
    timeCreated: object.timeCreated.toISOString(),
    updated: object.updated.toISOString(),
    timeStorageClassUpdated: object.timeCreated.toISOString(),
    ...(object.timeDeleted !== undefined && { timeDeleted: object.timeDeleted.toISOString() }),
    ...object.metadata,
  };
}

export function etagOf(object: StoredObject): string {
  return createHash("md5").update(`${object.generation}/${object.metageneration}`).digest("base64");
}
