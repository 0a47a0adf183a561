import { createHash } from "../../late-crypto.ts";
import { checkOf, withChecksum } from "./entry-checksum.ts";
import type { Tables } from "./tables.ts";
import type { Model } from "./model.ts";

/**
 * One object of a log: what was decided, not what was asked for, so that reading it never depends on rules that
 * may have changed since. JSON in UTF-8, with a checksum of its own at its end (entry-checksum.ts). The format is
 * final; what is new gets a new `version`.
 */
export interface Entry<E> extends EntryCourtesy {
  readonly version: number;
  /** From 1, without gaps. The object's name says the same. */
  readonly seq: number;
  /** Of this attempt to write it: tells our own entry from another in the same slot. */
  readonly id: string;
  /** The release that wrote it and the process, `2026.11.3/process-1a2b3c4d`; older ones name the process only. */
  readonly by: string;
  /** ISO 8601 in UTC; never before the previous entry's. */
  readonly at: string;
  readonly commands: readonly EntryCommand<E>[];
  /** From version 2 on: names of what its reader must know beyond kinds of effects, where those mean something new. */
  readonly needs?: readonly string[];
}

/** What writers tell each other so that each has its share of the slots (courtesy.ts). It means nothing to a view. */
export interface EntryCourtesy {
  /** How long a break its writer takes to come in, in milliseconds. */
  readonly wants?: number;
  /** All others leave the slots after this entry to that writer for so long. */
  readonly gives?: { readonly writer: string; readonly milliseconds: number };
}

export interface EntryCommand<E> {
  readonly idempotencyKey: string;
  /** Hash of the whole request: the same key with another request is refused. */
  readonly request: string;
  /** Key of the record that it was about. */
  readonly subject: string | null;
  readonly effects: readonly E[];
  /** Added to what counts against the quota; negative frees. */
  readonly bytes: number;
}

/**
 * A release writes the version that the release before it can read: a new kind of entry is first read, and
 * written one release later, so that going back a release never meets what it cannot read. Kinds of effects: see
 * `unwrittenKinds` of the model.
 *
 * Version 2 has `needs`. What is named there and not here stops the reader, as an unknown kind of effect does. Fields
 * that a reader does not know are passed over: they never change what the known ones mean.
 */
export const entryVersions = { written: 1, newestReadable: 2 } as const;

/** What an entry may need of this release. The first name is read here one release before it is written. */
const knownNeeds: ReadonlySet<string> = new Set();

/** All that an entry without a checksum may have, as the first release wrote them. */
const firstFields = new Set(["version", "seq", "id", "by", "at", "commands"]);

export function encodeEntry(entry: Entry<unknown>): Uint8Array {
  return withChecksum(JSON.stringify(entry));
}

/** @throws DamagedEntryError, NewerEntryError */
export function decodeEntry<T extends Tables, C, E, A>(
  bytes: Uint8Array,
  sequence: number,
  model: Model<T, C, E, A>,
): Entry<E> {
  const checksum = checkOf(bytes);
  if (checksum === "wrong")
    throw new DamagedEntryError(sequence, "has another checksum than it was written with");
  const value = parse(bytes);
  if (!isRecord(value)) throw new DamagedEntryError(sequence, "is not a JSON object");
  const { version, seq, id, by, at, commands } = value;
  if (!Number.isSafeInteger(version) || Number(version) < 1)
    throw new DamagedEntryError(sequence, "has no version");
  if (Number(version) > entryVersions.newestReadable)
    throw new NewerEntryError(sequence, `version ${String(version)}`, by);
  if (checksum === "absent") {
    const stranger = Object.keys(value).find((field) => !firstFields.has(field));
    if (stranger !== undefined)
      throw new DamagedEntryError(sequence, `has no checksum and an unknown field '${stranger}'`);
    if (version !== 1)
      throw new DamagedEntryError(sequence, `has no checksum, and version ${String(version)} has one`);
  }
  const needs = version === 1 ? undefined : decodeNeeds(value["needs"], sequence, by);
  if (seq !== sequence) throw new DamagedEntryError(sequence, `says that its number is ${String(seq)}`);
  if (typeof id !== "string" || typeof by !== "string")
    throw new DamagedEntryError(sequence, "names no writer");
  if (typeof at !== "string" || Number.isNaN(Date.parse(at)))
    throw new DamagedEntryError(sequence, "has no time");
  if (!Array.isArray(commands)) throw new DamagedEntryError(sequence, "has no commands");
  return {
    version: Number(version),
    seq: sequence,
    id,
    by,
    at,
    commands: commands.map((command: unknown) => decodeCommand(command, { sequence, by }, model)),
    ...(needs !== undefined && { needs }),
    ...decodeCourtesy(value),
  };
}

/** What is malformed is passed over: no more than a hint is lost. */
function decodeCourtesy({ wants, gives }: Readonly<Record<string, unknown>>): EntryCourtesy {
  const { writer, milliseconds } = isRecord(gives) ? gives : {};
  return {
    ...(isDuration(wants) && { wants }),
    ...(typeof writer === "string" && isDuration(milliseconds) && { gives: { writer, milliseconds } }),
  };
}

/** In milliseconds. */
export function isDuration(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/**
 * The entry with other effects in some places, named `command/effect`, both from 0. All else stays, whether this
 * release knows it or not.
 */
export function withEffects(bytes: Uint8Array, effects: ReadonlyMap<string, unknown>): Uint8Array {
  const value = parse(bytes);
  if (!isRecord(value) || !Array.isArray(value["commands"]))
    throw new TypeError("only what was decoded is changed");
  const { crc32c: _, ...rest } = value;
  const commands = value["commands"].map((command: unknown, index) => {
    if (!isRecord(command) || !Array.isArray(command["effects"])) return command;
    const changed = command["effects"].map(
      (effect: unknown, part) => effects.get(`${index}/${part}`) ?? effect,
    );
    return { ...command, effects: changed };
  });
  return withChecksum(JSON.stringify({ ...rest, commands }));
}

function decodeNeeds(needs: unknown, sequence: number, by: unknown): readonly string[] {
  if (!Array.isArray(needs) || !needs.every((need) => typeof need === "string"))
    throw new DamagedEntryError(sequence, "does not say what it needs");
  const unknown = needs.find((need) => !knownNeeds.has(need));
  if (unknown !== undefined) throw new NewerEntryError(sequence, `the need of '${unknown}'`, by);
  return needs;
}

/** Which entry, and who wrote it. */
interface Origin {
  readonly sequence: number;
  readonly by: string;
}

function decodeCommand<T extends Tables, C, E, A>(
  value: unknown,
  origin: Origin,
  model: Model<T, C, E, A>,
): EntryCommand<E> {
  const { sequence } = origin;
  if (!isRecord(value)) throw new DamagedEntryError(sequence, "has a command that is no object");
  const { idempotencyKey, request, subject, effects, bytes } = value;
  if (typeof idempotencyKey !== "string" || typeof request !== "string") {
    throw new DamagedEntryError(sequence, "has a command without key or request");
  }
  if (subject !== null && typeof subject !== "string") {
    throw new DamagedEntryError(sequence, "has a command with a malformed subject");
  }
  if (!Array.isArray(effects) || typeof bytes !== "number" || !Number.isSafeInteger(bytes)) {
    throw new DamagedEntryError(sequence, "has a command without effects or bytes");
  }
  return {
    idempotencyKey,
    request,
    subject,
    bytes,
    effects: effects.map((effect: unknown) => decodeEffect(effect, origin, model)),
  };
}

function decodeEffect<T extends Tables, C, E, A>(
  value: unknown,
  { sequence, by }: Origin,
  model: Model<T, C, E, A>,
): E {
  const kind = isRecord(value) ? value["kind"] : undefined;
  let effect: E | undefined;
  try {
    effect = model.parseEffect(value);
  } catch (error) {
    throw new DamagedEntryError(sequence, `has a malformed effect of kind ${String(kind)}`, { cause: error });
  }
  if (effect !== undefined) return effect;
  throw typeof kind === "string"
    ? new NewerEntryError(sequence, `an effect '${kind}'`, by)
    : new DamagedEntryError(sequence, "has an effect without a kind");
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** SHA-256 of the request with its fields in order, so that the order in which they arrive does not matter. */
export function hashRequest(request: unknown): string {
  return createHash("sha256").update(canonical(request)).digest("base64url");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "null";
  const fields = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${fields.join(",")}}`;
}

export class DamagedEntryError extends Error {
  readonly code = "damaged-entry";
  readonly sequence: number;

  constructor(sequence: number, reason: string, options?: ErrorOptions) {
    super(`log entry ${sequence} ${reason}`, options);
    this.sequence = sequence;
  }
}

export class NewerEntryError extends Error {
  readonly code = "newer-entry";
  readonly sequence: number;

  /** @param by who wrote it, as the entry says */
  constructor(sequence: number, what: string, by: unknown) {
    const writer = typeof by === "string" ? `'${by.slice(0, 100)}'` : "a newer release";
    super(
      `log entry ${sequence} has ${what}, which this release cannot read; ${writer} wrote it: deploy that release ` +
        `again, or the one before it`,
    );
    this.sequence = sequence;
  }
}
