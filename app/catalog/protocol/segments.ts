import { ObjectDamagedError, ObjectExistsError, type ObjectStore } from "../../storage/object-store.ts";
import { DamagedEntryError, type Entry, decodeEntry } from "./entry.ts";
import { entryName } from "./log.ts";
import type { Model } from "./model.ts";
import type { Tables } from "./tables.ts";

/** Entries in one segment. Part of the format: segments begin at 1, 257, 513, … */
export const segmentLength = 256;
const readAtOnce = 32;
const newline = 0x0a;

/**
 * Older runs of one owner's log, many entries in one object, so that rebuilding a view reads few objects:
 * `catalog/{owner}/segments/{first}.jsonl`, the entries' own bytes one after the other. Copies: the log stays.
 */
export class Segments<T extends Tables, C, E, A> {
  readonly #store: ObjectStore;
  readonly #owner: string;
  readonly #model: Model<T, C, E, A>;
  readonly #length: number;
  /** Those that were found unreadable, to be written again. */
  readonly #damaged = new Set<number>();

  /** @param length another than `segmentLength` only where nothing is kept, as in the simulation */
  constructor(store: ObjectStore, owner: string, model: Model<T, C, E, A>, length = segmentLength) {
    this.#store = store;
    this.#owner = owner;
    this.#model = model;
    this.#length = length;
  }

  /** Writes those that are complete up to the given entry and not there yet, or were met damaged. */
  async write(upTo: number): Promise<void> {
    const there = new Set<number>();
    for await (const first of this.#firsts()) there.add(first);
    for (let first = 1; first + this.#length - 1 <= upTo; first += this.#length) {
      if (!there.has(first) || this.#damaged.has(first)) await this.#writeOne(first);
      this.#damaged.delete(first);
    }
  }

  /**
   * Runs of entries after the given one, as far as segments reach without a gap; a damaged one ends it, and the log
   * itself is read from there.
   */
  async *after(sequence: number): AsyncIterable<readonly Entry<E>[]> {
    let next = sequence + 1;
    for await (const first of this.#firsts()) {
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

  /** The segment that holds the entry is dropped, to be written again from the log. */
  async drop(sequence: number): Promise<void> {
    await this.#store.delete(this.#name(sequence - ((sequence - 1) % this.#length)));
  }

  async #writeOne(first: number): Promise<void> {
    const parts: Uint8Array[] = [];
    for (let start = first; start < first + this.#length; start += readAtOnce) {
      const count = Math.min(readAtOnce, first + this.#length - start);
      const names = Array.from({ length: count }, (_, index) => entryName(this.#owner, start + index));
      const found = await Promise.all(names.map((name) => this.#store.read(name)));
      for (const [index, entry] of found.entries()) {
        if (entry === undefined) throw new Error(`${names[index] ?? ""} is missing`);
        // What cannot be read from the log must not be copied.
        decodeEntry(entry.bytes, start + index, this.#model);
        parts.push(entry.bytes);
        if (entry.bytes.at(-1) !== newline) parts.push(Buffer.of(newline));
      }
    }
    try {
      // A damaged one is replaced in one step; should another have mended it, by the same bytes.
      const options = { contentType: "application/x-ndjson", ifAbsent: !this.#damaged.has(first) };
      await this.#store.put(this.#name(first), Buffer.concat(parts), options);
    } catch (error) {
      if (!(error instanceof ObjectExistsError)) throw error;
    }
  }

  async #readOne(first: number): Promise<readonly Entry<E>[] | undefined> {
    try {
      const found = await this.#store.read(this.#name(first));
      if (found === undefined) return undefined;
      const lines = Buffer.from(found.bytes).toString().trimEnd().split("\n");
      if (lines.length !== this.#length) return undefined;
      return lines.map((line, index) => decodeEntry(Buffer.from(line), first + index, this.#model));
    } catch (error) {
      if (error instanceof ObjectDamagedError || error instanceof DamagedEntryError) return undefined;
      throw error;
    }
  }

  async *#firsts(): AsyncIterable<number> {
    const prefix = `catalog/${this.#owner}/segments/`;
    for await (const { name } of this.#store.list(prefix)) {
      yield Number.parseInt(name.slice(prefix.length), 10);
    }
  }

  #name(first: number): string {
    return `catalog/${this.#owner}/segments/${first.toString().padStart(12, "0")}.jsonl`;
  }
}
