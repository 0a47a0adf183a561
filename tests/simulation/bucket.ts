import { leftOut } from "../../app/catalog/protocol/segment-lines.ts";
import { crc32cOf } from "../../app/storage/crc32c.ts";
import {
  ObjectExistsError,
  PreconditionFailedError,
  type PutOptions,
  type StoredObject,
} from "../../app/storage/object-store.ts";

interface Kept {
  readonly object: StoredObject;
  readonly bytes: Uint8Array;
  /** As it was written the first time. */
  readonly original: Uint8Array;
  readonly createdAt: number;
  /** It was put there by mistake. */
  readonly isStray?: boolean;
}

/** What is stored: the only thing that survives a crash. Every operation happens at one moment. */
export class Bucket {
  readonly #objects = new Map<string, Kept>();
  /** Entries of logs that were deleted with their accounts. */
  readonly #buried = new Map<string, Kept>();
  /** Entries that were put where there had been one: their numbers were dead. */
  readonly risen: { readonly name: string; readonly bytes: Uint8Array }[] = [];
  #generation = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  put(name: string, bytes: Uint8Array, options: PutOptions): StoredObject {
    const before = this.#objects.get(name);
    if (options.ifAbsent && before !== undefined) throw new ObjectExistsError(name);
    if (options.ifGeneration !== undefined && before?.object.generation !== options.ifGeneration) {
      throw new PreconditionFailedError(name);
    }
    if (before === undefined && this.#buried.has(name)) this.risen.push({ name, bytes });
    const object: StoredObject = {
      name,
      sizeBytes: bytes.length,
      contentType: options.contentType ?? "application/octet-stream",
      generation: String(++this.#generation),
      crc32c: crc32cOf(bytes),
    };
    this.#objects.set(name, {
      object,
      bytes,
      original: before?.original ?? bytes,
      createdAt: before?.createdAt ?? this.#now(),
    });
    return object;
  }

  get(name: string): Kept | undefined {
    return this.#objects.get(name);
  }

  list(prefix: string): StoredObject[] {
    return [...this.#objects.values()]
      .map(({ object }) => object)
      .filter(({ name }) => name.startsWith(prefix))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  delete(name: string, ifGeneration?: string): void {
    const before = this.#objects.get(name);
    if (before === undefined) return;
    if (ifGeneration !== undefined && before.object.generation !== ifGeneration) {
      throw new PreconditionFailedError(name);
    }
    // What is put where there had been one, and taken away again, was never of the log.
    if (name.includes("/log/") && !this.#buried.has(name)) this.#buried.set(name, before);
    this.#objects.delete(name);
  }

  /** How many entries were deleted. */
  get buriedEntries(): number {
    return this.#buried.size;
  }

  /** Objects of such names that are there or were, as they were put the first time. */
  everWritten(prefix: string): readonly { readonly name: string; readonly bytes: Uint8Array }[] {
    return [...new Map([...this.#objects, ...this.#buried])]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { original }]) => ({ name, bytes: original }));
  }

  /** Whether the bytes are still those that the service put. */
  isSound(name: string): boolean {
    const kept = this.#objects.get(name);
    return kept !== undefined && kept.isStray !== true && crc32cOf(kept.bytes) === kept.object.crc32c;
  }

  /** Whether it only stands in the place of a segment that would have been too large. */
  isLeftOut(name: string): boolean {
    return Buffer.compare(this.#objects.get(name)?.bytes ?? Buffer.of(), leftOut) === 0;
  }

  /** Somebody copies the bytes of another object there by hand. */
  mistake(name: string, bytes: Uint8Array): void {
    this.put(name, bytes, {});
    const kept = this.#objects.get(name);
    if (kept !== undefined) this.#objects.set(name, { ...kept, isStray: true });
  }

  /** Bits rot: the bytes are others, what the store says of them is not. */
  damage(name: string, bytes: Uint8Array): void {
    const kept = this.#objects.get(name);
    if (kept !== undefined) this.#objects.set(name, { ...kept, bytes });
  }
}
