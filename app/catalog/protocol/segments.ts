import {
  ObjectDamagedError,
  ObjectExistsError,
  type ObjectStore,
  OutcomeUnknownError,
  PreconditionFailedError,
} from "../../storage/object-store.ts";
import { checkOf } from "./entry-checksum.ts";
import { DamagedEntryError, type Entry, decodeEntry } from "./entry.ts";
import { DamagedLogError, entryName } from "./log.ts";
import type { Model } from "./model.ts";
import { leftOut, linesFrom, linesOf, runsOf } from "./segment-lines.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Tables } from "./tables.ts";

/** Entries in one segment. Part of the format: segments begin at 1, 257, 513, … */
export const segmentLength = 256;
const readAtOnce = 32;

/**
 * A larger segment is not made, so that one can be held in memory where others are opened too; usual ones have some
 * hundred kilobytes. Larger ones of releases before are read piece by piece.
 */
export const mostSegmentBytes = 16 * 2 ** 20;
/** Of entries that are so large together. */
const largeAtOnce = 4;
const tries = 5;
const newline = 0x0a;

/** For jobs that have their process to themselves. */
const breathless: Pick<Surroundings, "breathe"> = { breathe: () => Promise.resolve() };

/**
 * Older runs of one owner's log, many entries in one object, so that rebuilding a view reads few objects:
 * `catalog/{owner}/segments/{first}.jsonl`, the entries' own bytes one after the other. Copies: the log stays. In the
 * place of one that would be too large stands `leftOut`.
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
  readonly #mostBytes: number;
  /** Those that were found unreadable, to be written again. */
  readonly #damaged = new Set<number>();

  /** @param length another than `segmentLength` only where nothing is kept, as in the simulation */
  constructor(
    store: ObjectStore,
    owner: string,
    model: Model<T, C, E, A>,
    length = segmentLength,
    surroundings: Pick<Surroundings, "breathe"> = breathless,
    mostBytes = mostSegmentBytes,
  ) {
    this.#store = store;
    this.#owner = owner;
    this.#model = model;
    this.#length = length;
    this.#surroundings = surroundings;
    this.#mostBytes = mostBytes;
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
    for await (const { first, sizeBytes } of this.#list()) {
      if (first > next) return;
      if (first + this.#length <= next) continue;
      const end = first + this.#length;
      for await (const run of this.#readOne(first, sizeBytes)) {
        const wanted = run.filter(({ seq }) => seq >= next);
        if (wanted.length > 0) yield wanted;
        next = Math.max(next, (run.at(-1)?.seq ?? 0) + 1);
      }
      if (next < end) return;
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

  /** Of what would be too large, `leftOut`. */
  async #copy(first: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for (let start = first; start < first + this.#length; start += readAtOnce) {
      const count = Math.min(readAtOnce, first + this.#length - start);
      const names = Array.from({ length: count }, (_, index) => entryName(this.#owner, start + index));
      const found = await Promise.all(names.map((name) => this.#store.read(name)));
      for (const [index, entry] of found.entries()) {
        if (entry === undefined) throw DamagedLogError.missing(this.#owner, start + index);
        // What cannot be read from the log must not be copied.
        decodeEntry(entry.bytes, start + index, this.#model);
        await this.#surroundings.breathe();
        bytes += entry.bytes.length;
        if (bytes > this.#mostBytes) return leftOut;
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

  /** Less than all of it where it turns out to be damaged; who writes puts another in its place then. */
  async *#readOne(first: number, sizeBytes: number): AsyncIterable<readonly Entry<E>[]> {
    const parts = {
      first,
      length: this.#length,
      model: this.#model,
      breathe: () => this.#surroundings.breathe(),
    };
    let isLeftOut = false;
    try {
      if (sizeBytes > this.#mostBytes) {
        const found = await this.#store.openRead(this.#name(first));
        if (found === undefined) return;
        // The store compares its sum at the end only, and an entry of long ago has none of its own.
        yield* runsOf(linesFrom(found.stream), { ...parts, isSound: (line) => checkOf(line) === "right" });
        return;
      }
      const found = await this.#store.read(this.#name(first));
      if (found === undefined) return;
      isLeftOut = Buffer.compare(found.bytes, leftOut) === 0;
      if (isLeftOut) return yield* this.#logged(first);
      const lines = linesOf(found.bytes);
      if (lines.length === this.#length) yield* runsOf(lines, parts);
      else this.#damaged.add(first);
    } catch (error) {
      if (!(error instanceof ObjectDamagedError) && !(error instanceof DamagedEntryError)) throw error;
      // What is wrong with the log is told by whoever reads it from here.
      if (!isLeftOut) this.#damaged.add(first);
    }
  }

  /** The entries themselves, where their segment was left out. */
  async *#logged(first: number): AsyncIterable<readonly Entry<E>[]> {
    for (let start = first; start < first + this.#length; start += largeAtOnce) {
      const count = Math.min(largeAtOnce, first + this.#length - start);
      const names = Array.from({ length: count }, (_, index) => entryName(this.#owner, start + index));
      const found = await Promise.all(names.map((name) => this.#store.read(name)));
      const entries: Entry<E>[] = [];
      for (const [index, entry] of found.entries()) {
        if (entry === undefined) return;
        entries.push(decodeEntry(entry.bytes, start + index, this.#model));
        await this.#surroundings.breathe();
      }
      yield entries;
    }
  }

  async *#list(): AsyncIterable<{
    readonly first: number;
    readonly generation: string;
    readonly sizeBytes: number;
  }> {
    const prefix = `catalog/${this.#owner}/segments/`;
    for await (const { name, generation, sizeBytes } of this.#store.list(prefix)) {
      yield { first: Number.parseInt(name.slice(prefix.length), 10), generation, sizeBytes };
    }
  }

  #name(first: number): string {
    return `catalog/${this.#owner}/segments/${first.toString().padStart(12, "0")}.jsonl`;
  }
}
