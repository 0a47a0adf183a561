import {
  ObjectDamagedError,
  ObjectExistsError,
  type ObjectStore,
  OutcomeUnknownError,
  PreconditionFailedError,
} from "../../storage/object-store.ts";
import { DamagedEntryError, type Entry, decodeEntry } from "./entry.ts";
import { entryName } from "./log.ts";
import type { Model } from "./model.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Tables } from "./tables.ts";

/** Entries in one segment. Part of the format: segments begin at 1, 257, 513, … */
export const segmentLength = 256;
const readAtOnce = 32;
const tries = 5;
const newline = 0x0a;

/** For jobs that have their process to themselves. */
const breathless: Pick<Surroundings, "breathe"> = { breathe: () => Promise.resolve() };

/**
 * Older runs of one owner's log, many entries in one object, so that rebuilding a view reads few objects:
 * `catalog/{owner}/segments/{first}.jsonl`, the entries' own bytes one after the other. Copies: the log stays.
 *
 * Entries may be redacted while they are copied. So a segment is put only in place of what was there before its entries
 * were read, nothing or one generation, and none is ever deleted: once the redaction has put one in its turn, a copy that
 * was begun before, however late it arrives, finds another.
 */
export class Segments<T extends Tables, C, E, A> {
  readonly #store: ObjectStore;
  readonly #owner: string;
  readonly #model: Model<T, C, E, A>;
  readonly #length: number;
  readonly #surroundings: Pick<Surroundings, "breathe">;
  /** Those that were found unreadable, to be written again. */
  readonly #damaged = new Set<number>();

  /** @param length another than `segmentLength` only where nothing is kept, as in the simulation */
  constructor(
    store: ObjectStore,
    owner: string,
    model: Model<T, C, E, A>,
    length = segmentLength,
    surroundings: Pick<Surroundings, "breathe"> = breathless,
  ) {
    this.#store = store;
    this.#owner = owner;
    this.#model = model;
    this.#length = length;
    this.#surroundings = surroundings;
  }

  /**
   * Writes those that are complete up to the given entry and not there yet, or were met damaged.
   *
   * @returns how many
   */
  async write(upTo: number): Promise<number> {
    const missing = await this.missing(upTo);
    for (const first of missing) {
      await this.#writeOne(first);
      this.#damaged.delete(first);
    }
    return missing.length;
  }

  /** First entries of those that `write` would write. */
  async missing(upTo: number): Promise<readonly number[]> {
    const there = new Set<number>();
    for await (const { first } of this.#list()) there.add(first);
    const missing: number[] = [];
    for (let first = 1; first + this.#length - 1 <= upTo; first += this.#length) {
      if (!there.has(first) || this.#damaged.has(first)) missing.push(first);
    }
    return missing;
  }

  /**
   * Runs of entries after the given one, as far as segments reach without a gap; a damaged one ends it, and the log
   * itself is read from there.
   */
  async *after(sequence: number): AsyncIterable<readonly Entry<E>[]> {
    let next = sequence + 1;
    for await (const { first } of this.#list()) {
      if (first > next) return;
      if (first + this.#length <= next) continue;
      const entries = await this.#readOne(first);
      if (entries === undefined) {
        this.#damaged.add(first);
        return;
      }
      yield entries.slice(next - first);
      next = first + this.#length;
    }
  }

  /** Number of the first entry in the segment that holds, or would hold, the given entry. */
  firstOf(sequence: number): number {
    return sequence - ((sequence - 1) % this.#length);
  }

  /** Generations of those that are there, by the number of their first entry. */
  async generations(): Promise<ReadonlyMap<number, string>> {
    const generations = new Map<number, string>();
    for await (const { first, generation } of this.#list()) generations.set(first, generation);
    return generations;
  }

  /**
   * Makes the segment what the log is now, whether there was one or not: from then on no copy of an earlier log can
   * take its place.
   *
   * @returns its generation; undefined where the log does not reach its end, and nobody can have begun to copy it
   * @throws PreconditionFailedError, OutcomeUnknownError, or the store's error: repeat it
   */
  async renew(first: number): Promise<string | undefined> {
    if ((await this.#store.stat(entryName(this.#owner, first + this.#length - 1))) === undefined)
      return undefined;
    for (let tried = 1; ; tried++) {
      const before = await this.#found(first);
      const bytes = await this.#copy(first);
      if (before?.bytes !== undefined && Buffer.compare(before.bytes, bytes) === 0) return before.generation;
      try {
        return await this.#put(first, bytes, before?.generation);
      } catch (error) {
        const mayBeDone =
          error instanceof ObjectExistsError ||
          error instanceof PreconditionFailedError ||
          error instanceof OutcomeUnknownError;
        if (!mayBeDone || tried === tries) throw error;
      }
    }
  }

  async #writeOne(first: number): Promise<void> {
    // Before the first entry is read: see the class.
    const before = this.#damaged.has(first) ? await this.#store.stat(this.#name(first)) : undefined;
    const bytes = await this.#copy(first);
    try {
      await this.#put(first, bytes, before?.generation);
    } catch (error) {
      const isThere = error instanceof ObjectExistsError || error instanceof PreconditionFailedError;
      if (!isThere) throw error;
    }
  }

  /** @param before generation that it takes the place of; undefined for none */
  async #put(first: number, bytes: Uint8Array, before: string | undefined): Promise<string> {
    const condition = before === undefined ? { ifAbsent: true } : { ifGeneration: before };
    const options = { contentType: "application/x-ndjson", ...condition };
    return (await this.#store.put(this.#name(first), bytes, options)).generation;
  }

  async #copy(first: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let start = first; start < first + this.#length; start += readAtOnce) {
      const count = Math.min(readAtOnce, first + this.#length - start);
      const names = Array.from({ length: count }, (_, index) => entryName(this.#owner, start + index));
      const found = await Promise.all(names.map((name) => this.#store.read(name)));
      for (const [index, entry] of found.entries()) {
        if (entry === undefined) throw new Error(`${names[index] ?? ""} is missing`);
        // What cannot be read from the log must not be copied.
        decodeEntry(entry.bytes, start + index, this.#model);
        await this.#surroundings.breathe();
        parts.push(entry.bytes);
        if (entry.bytes.at(-1) !== newline) parts.push(Buffer.of(newline));
      }
    }
    const whole = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + length, 0));
    let end = 0;
    for (const part of parts) {
      whole.set(part, end);
      end += part.length;
      await this.#surroundings.breathe();
    }
    return whole;
  }

  /** Without bytes where they are not the ones that were put. */
  async #found(first: number): Promise<{ generation: string; bytes?: Uint8Array } | undefined> {
    try {
      const found = await this.#store.read(this.#name(first));
      return found && { generation: found.object.generation, bytes: found.bytes };
    } catch (error) {
      if (!(error instanceof ObjectDamagedError)) throw error;
      const there = await this.#store.stat(this.#name(first));
      return there && { generation: there.generation };
    }
  }

  async #readOne(first: number): Promise<readonly Entry<E>[] | undefined> {
    try {
      const found = await this.#store.read(this.#name(first));
      if (found === undefined) return undefined;
      const lines = linesOf(found.bytes);
      if (lines.length !== this.#length) return undefined;
      const entries: Entry<E>[] = [];
      for (const line of lines) {
        entries.push(decodeEntry(line, first + entries.length, this.#model));
        await this.#surroundings.breathe();
      }
      return entries;
    } catch (error) {
      if (error instanceof ObjectDamagedError || error instanceof DamagedEntryError) return undefined;
      throw error;
    }
  }

  async *#list(): AsyncIterable<{ readonly first: number; readonly generation: string }> {
    const prefix = `catalog/${this.#owner}/segments/`;
    for await (const { name, generation } of this.#store.list(prefix)) {
      yield { first: Number.parseInt(name.slice(prefix.length), 10), generation };
    }
  }

  #name(first: number): string {
    return `catalog/${this.#owner}/segments/${first.toString().padStart(12, "0")}.jsonl`;
  }
}

/** Without the newlines; nothing is copied. */
function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(newline, start);
    lines.push(bytes.subarray(start, end === -1 ? bytes.length : end));
    start = end === -1 ? bytes.length : end + 1;
  }
  return lines;
}
