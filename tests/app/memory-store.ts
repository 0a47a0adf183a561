import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { copyThrough } from "../../app/storage/copy-through.ts";
import { ObjectExistsError, PreconditionFailedError } from "../../app/storage/object-store.ts";
import type { Body, CopyingStore, StoredObject } from "../../app/storage/object-store.ts";

/** An object store in memory that can be told to misbehave; for tests of what stands on a store. */
export interface MemoryStore extends CopyingStore {
  readonly names: () => string[];
  /** Called before each operation; throwing makes the operation fail before it does anything. */
  before: (operation: "put" | "read" | "stat", name: string) => void | Promise<void>;
  /** Called after a put has taken effect; throwing is a success whose answer is lost. */
  afterPut: (name: string) => void | Promise<void>;
}

export function createMemoryStore(): MemoryStore {
  const objects = new Map<string, { bytes: Buffer; object: StoredObject }>();
  let generation = 0;
  const store: MemoryStore = {
    names: () => [...objects.keys()].toSorted(),
    before: () => {},
    afterPut: () => {},
    async put(name, body, options = {}) {
      await store.before("put", name);
      const bytes = await bytesOf(body);
      const present = objects.get(name)?.object;
      if (options.ifAbsent === true && present !== undefined) throw new ObjectExistsError(name);
      if (options.ifGeneration !== undefined && present?.generation !== options.ifGeneration) {
        throw new PreconditionFailedError(name);
      }
      generation += 1;
      const object = {
        name,
        sizeBytes: bytes.length,
        contentType: options.contentType ?? "application/octet-stream",
        generation: String(generation),
        crc32c: "AAAAAA==",
      };
      objects.set(name, { bytes, object });
      await store.afterPut(name);
      return object;
    },
    copy: (source, name, options) => copyThrough(store, source, name, options),
    async read(name) {
      await store.before("read", name);
      return objects.get(name);
    },
    async openRead(name, range) {
      const found = objects.get(name);
      if (found === undefined) return undefined;
      const bytes = found.bytes.subarray(range?.first ?? 0, (range?.last ?? found.bytes.length - 1) + 1);
      return { stream: Readable.from([bytes]), object: found.object };
    },
    async stat(name) {
      await store.before("stat", name);
      return objects.get(name)?.object;
    },
    async *list(prefix, { startAfter = "", limit = Infinity } = {}) {
      const names = store.names().filter((name) => name.startsWith(prefix) && name > startAfter);
      for (const name of names.slice(0, limit)) {
        const found = objects.get(name);
        if (found !== undefined) yield found.object;
      }
    },
    async delete(name) {
      objects.delete(name);
    },
  };
  return store;
}

async function bytesOf(body: Body): Promise<Buffer> {
  if (body instanceof Readable) return await buffer(body);
  return body instanceof Uint8Array ? Buffer.from(body) : await readFile(body.path);
}
