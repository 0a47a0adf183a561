import { namesBelow } from "../../storage/names-below.ts";
import { ObjectDamagedError, ObjectExistsError, type ObjectStore } from "../../storage/object-store.ts";
import { DamagedEntryError, type Entry, decodeEntry } from "./entry.ts";
import type { Model } from "./model.ts";
import type { Tables } from "./tables.ts";

const largestWindow = 64;

/** More than the two that are asked for. */
const namesLookedAt = 8;

/** So much is read at once, as far as can be told from the entries before; one entry always is. */
const mostWindowBytes = 16 * 2 ** 20;

/** The entries of one catalog in the object store: `catalog/{owner}/log/{seq}.json`. */
export class Log<T extends Tables, C, E, A> {
  readonly owner: string;
  readonly #store: ObjectStore;
  readonly #model: Model<T, C, E, A>;

  constructor(store: ObjectStore, owner: string, model: Model<T, C, E, A>) {
    this.#store = store;
    this.owner = owner;
    this.#model = model;
  }

  /**
   * @param tell is told how many bytes it takes, where it is there
   * @throws DamagedLogError, NewerEntryError
   */
  async read(sequence: number, tell: (bytes: number) => void = () => {}): Promise<Entry<E> | undefined> {
    const name = entryName(this.owner, sequence);
    try {
      const found = await this.#store.read(name);
      if (found !== undefined) tell(found.bytes.length);
      return found && decodeEntry(found.bytes, sequence, this.#model);
    } catch (error) {
      if (error instanceof ObjectDamagedError || error instanceof DamagedEntryError) {
        throw new DamagedLogError(this.owner, sequence, name, { cause: error });
      }
      throw error;
    }
  }

  /**
   * An entry that was there once.
   *
   * @throws DamagedLogError where it is not, NewerEntryError
   */
  async readKnown(sequence: number): Promise<Entry<E>> {
    const entry = await this.read(sequence);
    if (entry === undefined) throw DamagedLogError.missing(this.owner, sequence);
    return entry;
  }

  /**
   * What stands in the entry's slot, sound or not, and after it, by one list of few names. Of 0: what the log begins with.
   */
  async lookFrom(sequence: number): Promise<LookedAt> {
    const prefix = logPrefix(this.owner);
    // What is no entry may lie between them.
    const after = sequence > 1 ? { startAfter: entryName(this.owner, sequence - 1) } : {};
    const options = { ...after, limit: namesLookedAt };
    const names = await Array.fromAsync(namesBelow(this.#store, prefix, options));
    const numbers = names
      .map((name) => entryNumber(this.owner, name))
      .filter((number) => number !== undefined);
    return { isThere: numbers.includes(sequence), next: numbers.find((number) => number > sequence) };
  }

  /** Whether something stands in the entry's slot, sound or not. */
  async has(sequence: number): Promise<boolean> {
    try {
      return (await this.#store.stat(entryName(this.owner, sequence))) !== undefined;
    } catch (error) {
      if (error instanceof ObjectDamagedError) return true;
      throw error;
    }
  }

  /**
   * Creates the encoded entry in its slot.
   *
   * @returns whether the slot was free
   * @throws the store's error: `hasChangedNothing` tells whether it may be there
   */
  async create(sequence: number, entry: Uint8Array): Promise<boolean> {
    try {
      await this.#store.put(entryName(this.owner, sequence), entry, {
        contentType: "application/json",
        ifAbsent: true,
      });
      return true;
    } catch (error) {
      if (error instanceof ObjectExistsError) return false;
      throw error;
    }
  }

  /** Removes the entry from its slot, where it is the one that stands there and nothing comes after it. */
  async withdraw({ seq, id }: Entry<E>): Promise<void> {
    const name = entryName(this.owner, seq);
    const found = await this.#store.read(name);
    if (found === undefined || decodeEntry(found.bytes, seq, this.#model).id !== id) return;
    if ((await this.lookFrom(seq)).next !== undefined) return;
    await this.#store.delete(name, { ifGeneration: found.object.generation });
  }

  /**
   * Runs of entries after the given one up to the head, in order, in windows that double, as long as entries are small.
   *
   * @param first size of the first window
   */
  async *after(sequence: number, first = 1): AsyncIterable<readonly Entry<E>[]> {
    let next = sequence + 1;
    let window = first;
    for (;;) {
      let largest = 1;
      const tell = (bytes: number) => void (largest = Math.max(largest, bytes));
      const entries = await Promise.all(
        Array.from({ length: window }, (_, index) => this.read(next + index, tell)),
      );
      const end = entries.indexOf(undefined);
      const run = (end === -1 ? entries : entries.slice(0, end)).filter((entry) => entry !== undefined);
      if (run.length > 0) yield run;
      if (end !== -1) return;
      next += window;
      const fitting = Math.max(1, Math.floor(mostWindowBytes / largest));
      window = Math.min(window * 2, largestWindow, fitting);
    }
  }
}

/** What a list of a log's names says. */
export interface LookedAt {
  /** Whether the entry itself is there. */
  readonly isThere: boolean;
  /** Number of the next that is there. */
  readonly next: number | undefined;
}

function logPrefix(owner: string): string {
  return `catalog/${owner}/log/`;
}

export function entryName(owner: string, sequence: number): string {
  return `${logPrefix(owner)}${sequence.toString().padStart(12, "0")}.json`;
}

/** Undefined where no entry has such a name. */
export function entryNumber(owner: string, name: string): number | undefined {
  const prefix = logPrefix(owner);
  const digits = name.startsWith(prefix)
    ? /^(\d{12})\.json$/.exec(name.slice(prefix.length))?.[1]
    : undefined;
  const number = Number(digits ?? 0);
  return number > 0 ? number : undefined;
}

/** An entry is not what was written, or is missing although it was there. */
export class DamagedLogError extends Error {
  readonly code = "damaged-log";
  readonly owner: string;
  readonly sequence: number;
  readonly objectName: string;

  constructor(
    owner: string,
    sequence: number,
    objectName: string,
    { isMissing = false, ...options }: ErrorOptions & { readonly isMissing?: boolean } = {},
  ) {
    super(
      `entry ${sequence} in the catalog of ${owner} is ${isMissing ? "missing" : "damaged"} (${objectName}): ` +
        `put an older version of this object back, or the one of a backup`,
      options,
    );
    this.owner = owner;
    this.sequence = sequence;
    this.objectName = objectName;
  }

  static missing(owner: string, sequence: number): DamagedLogError {
    return new DamagedLogError(owner, sequence, entryName(owner, sequence), { isMissing: true });
  }
}
