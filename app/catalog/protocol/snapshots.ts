import { createHash } from "../../late-crypto.ts";
import { namesBelow } from "../../storage/names-below.ts";
import { ObjectDamagedError, ObjectExistsError, type ObjectStore } from "../../storage/object-store.ts";
import type { Tables } from "./tables.ts";

/** Newest ones that are left when a newer one is put: one to open from, one for when that is damaged. */
const keptSnapshots = 2;

/**
 * Copies of one owner's view: `catalog/{owner}/snapshots/{format}/{seq}`. They save time and nothing else: any of them
 * may be missing, damaged or deleted.
 */
export class Snapshots {
  readonly #store: ObjectStore;
  /** Of every format. */
  readonly #folder: string;
  readonly #prefix: string;
  readonly #retired: ReadonlySet<string>;
  /** Those that nothing could be opened from, to be replaced. */
  readonly #damaged = new Set<number>();

  /**
   * @param format whoever reads snapshots of another one would misread them: snapshotFormat()
   * @param retired formats that no release reads which may still be gone back to. @default none
   */
  constructor(store: ObjectStore, owner: string, format: string, retired: readonly string[] = []) {
    this.#store = store;
    this.#folder = snapshotsPrefix(owner);
    this.#prefix = `${this.#folder}${format}/`;
    this.#retired = new Set(retired);
  }

  /** Sequence numbers of those that are there, the newest first. */
  async sequences(): Promise<readonly number[]> {
    const sequences: number[] = [];
    for await (const name of namesBelow(this.#store, this.#prefix)) {
      const sequence = Number(name.slice(this.#prefix.length));
      if (Number.isSafeInteger(sequence)) sequences.push(sequence);
    }
    return sequences.toReversed();
  }

  /** No view could be made of it: the next one of the same moment takes its place. */
  distrust(sequence: number): void {
    this.#damaged.add(sequence);
  }

  /** Undefined where it is not there any more, or is not what was put. */
  async read(sequence: number): Promise<Uint8Array | undefined> {
    try {
      return (await this.#store.read(this.#name(sequence)))?.bytes;
    } catch (error) {
      if (error instanceof ObjectDamagedError) return undefined;
      throw error;
    }
  }

  /**
   * Keeps it, unless another instance has kept one of the same moment, and drops those that are too old to be of use, of
   * this format and of retired ones. Of other formats it leaves all: the release before may be gone back to, and what is
   * unknown here may be a newer one's.
   */
  async keep(sequence: number, bytes: Uint8Array): Promise<void> {
    try {
      await this.#store.put(this.#name(sequence), bytes, { ifAbsent: !this.#damaged.has(sequence) });
      this.#damaged.delete(sequence);
    } catch (error) {
      if (!(error instanceof ObjectExistsError)) throw error;
    }
    await this.#dropOld();
  }

  async #dropOld(): Promise<void> {
    const own: number[] = [];
    const retired: { readonly name: string; readonly sequence: number }[] = [];
    for await (const name of namesBelow(this.#store, this.#folder)) {
      const [format = "", digits = ""] = name.slice(this.#folder.length).split("/");
      const sequence = Number(digits);
      if (!Number.isSafeInteger(sequence)) continue;
      if (name.startsWith(this.#prefix)) own.push(sequence);
      else if (this.#retired.has(format)) retired.push({ name, sequence });
    }
    const [newest = 0, ...older] = own.toReversed();
    for (const old of older.slice(keptSnapshots - 1)) await this.drop(old);
    // One that is further than ours may be the last to know of a log's lost end.
    for (const { name, sequence } of retired) if (sequence <= newest) await this.#store.delete(name);
  }

  async drop(sequence: number): Promise<void> {
    await this.#store.delete(this.#name(sequence));
  }

  #name(sequence: number): string {
    return `${this.#prefix}${sequence.toString().padStart(12, "0")}`;
  }
}

/**
 * Drops those of moments before the given entry, of every format: what they hold is to be forgotten.
 *
 * @returns how many
 */
export async function dropSnapshotsBefore(
  store: ObjectStore,
  owner: string,
  sequence: number,
  isDryRun = false,
): Promise<number> {
  let count = 0;
  for await (const { name } of store.list(snapshotsPrefix(owner))) {
    if (Number(name.split("/").at(-1)) >= sequence) continue;
    if (!isDryRun) await store.delete(name);
    count++;
  }
  return count;
}

function snapshotsPrefix(owner: string): string {
  return `catalog/${owner}/snapshots/`;
}

/**
 * Names what a snapshot's bytes mean: the engine's file format, the tables, and the version of what effects mean. A
 * release that changes any of these opens from the log, and leaves the snapshots of the release before it alone; those of
 * the release before that are retired (`retiredFormats` of the model).
 */
export function snapshotFormat(engineFormat: string, model: { tables: Tables; viewVersion: number }): string {
  const described = JSON.stringify([engineFormat, model.viewVersion, model.tables]);
  return createHash("sha256").update(described).digest("hex").slice(0, 12);
}
