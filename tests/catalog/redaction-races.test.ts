import { expect, test } from "vitest";
import { redactPurged } from "../../app/catalog/history/redact-purged.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { Segments } from "../../app/catalog/protocol/segments.ts";
import type { ObjectStore, PutOptions } from "../../app/storage/object-store.ts";
import { createMemoryStore, type MemoryStore } from "../app/memory-store.ts";
import { add, newKey, openCatalog, person, scratchFolder, surroundingsAt } from "./fixtures.ts";

const hour = 3600 * 1000;
const now = Date.parse("2026-11-23T08:00:00Z");
const segmentLength = 4;
const segmentName = `catalog/${person}/segments/000000000001.jsonl`;

let logged: Promise<ReadonlyMap<string, Uint8Array>> | undefined;

/** A log of seven entries, the fourth of them about a photo that is purged by the end; no copies. */
async function makeLog(): Promise<ReadonlyMap<string, Uint8Array>> {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records, surroundings: surroundingsAt({ now }) });
  for (const id of ["b", "c", "d"]) await add(catalog, id);
  await add(catalog, "a", { title: "Grandmother" });
  for (const kind of ["trash-photo", "purge-photo", "finish-purge"] as const) {
    await catalog.execute(person, { kind, photoId: "a" }, { idempotencyKey: newKey() });
  }
  const names = records.names().filter((name) => name.includes("/log/"));
  const read = async (name: string) => [name, (await records.read(name))?.bytes ?? Buffer.of()] as const;
  return new Map(await Promise.all(names.map(read)));
}

async function ground(segment?: Uint8Array): Promise<MemoryStore> {
  const store = createMemoryStore();
  for (const [name, bytes] of await (logged ??= makeLog())) await store.put(name, bytes);
  if (segment !== undefined) await store.put(segmentName, segment);
  return store;
}

interface Paused {
  readonly store: ObjectStore;
  /** When it stands before the request of the given number, or whatever it does is over. */
  readonly standing: Promise<void>;
  readonly goOn: () => void;
  /** What it put, to be delivered again. */
  readonly puts: (readonly [string, Uint8Array, PutOptions])[];
  requests: number;
}

/** Whoever works with it stops before one of its requests, counted from 0, until it may go on. */
function pausedAt(target: ObjectStore, stop: number): Paused {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const paused: Paused = {
    standing: reached.promise,
    goOn: () => {
      reached.resolve();
      released.resolve();
    },
    puts: [],
    requests: 0,
    store: {
      put: async (name, body, options = {}) => {
        await pass();
        if (body instanceof Uint8Array) paused.puts.push([name, body, options]);
        return await target.put(name, body, options);
      },
      read: async (name) => (await pass(), await target.read(name)),
      openRead: async (name, range) => (await pass(), await target.openRead(name, range)),
      stat: async (name) => (await pass(), await target.stat(name)),
      delete: async (name, options) => (await pass(), await target.delete(name, options)),
      async *list(prefix, options) {
        await pass();
        yield* await Array.fromAsync(target.list(prefix, options));
      },
    },
  };
  const pass = async () => {
    if (paused.requests++ !== stop) return;
    reached.resolve();
    await released.promise;
  };
  return paused;
}

async function tellingNames(store: MemoryStore): Promise<string[]> {
  const found: string[] = [];
  for (const name of store.names()) {
    const bytes = (await store.read(name))?.bytes ?? [];
    if (Buffer.from(bytes).toString().includes("Grandmother")) found.push(name);
  }
  return found;
}

const redaction = (store: ObjectStore, hours = 25) =>
  redactPurged(store, person, { now: now + hours * hour, segmentLength });

/** One of both stops before a request, the other before one of its own; then they end, and the puts come once more. */
async function interleave(writerStop: number, redactionStop: number, segment?: Uint8Array) {
  const store = await ground(segment);
  const writing = pausedAt(store, writerStop);
  const redacting = pausedAt(store, redactionStop);
  const segments = new Segments(writing.store, person, personModel, segmentLength);
  const writer = (async () => {
    // Whoever reads it first finds that it is damaged, and writes it anew.
    if (segment !== undefined) await Array.fromAsync(segments.after(0));
    await segments.write(segmentLength);
  })().finally(writing.goOn);
  await writing.standing;
  const redacted = redaction(redacting.store).finally(redacting.goOn);
  await redacting.standing;
  writing.goOn();
  await writer;
  redacting.goOn();
  await redacted;
  for (const [name, bytes, options] of writing.puts) {
    await store.put(name, bytes, options).catch(() => undefined);
  }
  return { store, writerRequests: writing.requests, redactionRequests: redacting.requests };
}

test.each([
  ["that is not there yet", undefined],
  ["that was found damaged", Buffer.from("damaged\n")],
])(
  "whenever a segment %s is copied around a redaction, it tells nothing in the end, and no late copy of it does",
  async (_what, segment) => {
    let writerRequests = 1;
    let redactionRequests = 1;
    for (let writerStop = 0; writerStop <= writerRequests; writerStop++) {
      for (let redactionStop = 0; redactionStop <= redactionRequests; redactionStop++) {
        const done = await interleave(writerStop, redactionStop, segment);
        const segments = new Segments(done.store, person, personModel, segmentLength);
        const readable = (await Array.fromAsync(segments.after(0))).flat().length;
        const told = { writerStop, redactionStop, telling: await tellingNames(done.store), readable };
        expect(told).toEqual({ writerStop, redactionStop, telling: [], readable: segmentLength });
        writerRequests = Math.max(writerRequests, done.writerRequests);
        redactionRequests = Math.max(redactionRequests, done.redactionRequests);
      }
    }
    expect(writerRequests).toBeGreaterThan(5);
    expect(redactionRequests).toBeGreaterThan(15);
  },
);

test("a copy that comes upon a segment that was lost after the redaction is found by the next run", async () => {
  const store = await ground();
  const late = pausedAt(store, Number.POSITIVE_INFINITY);
  await new Segments(late.store, person, personModel, segmentLength).write(segmentLength);
  expect(await redaction(store)).toMatchObject({ photos: 1, entries: 1 });
  await store.delete(segmentName);
  for (const [name, bytes, options] of late.puts) await store.put(name, bytes, options);
  expect(await tellingNames(store)).toEqual([segmentName]);
  expect(await redaction(store, 32)).toEqual({ photos: 0, entries: 0, snapshots: 0 });
  expect(await tellingNames(store)).toEqual([]);
  const requests = pausedAt(store, Number.POSITIVE_INFINITY);
  await redaction(requests.store, 40);
  // Where nothing happened since, little is asked: the mark, one entry and the lists.
  expect(requests.requests).toBeLessThan(12);
  expect(requests.puts.map(([name]) => name)).toEqual([`catalog/${person}/redacted.json`]);
});

test("a segment that cannot be put anew leaves the purge to the next run", async () => {
  const store = await ground();
  store.before = (operation, name) => {
    if (operation === "put" && name === segmentName) throw new Error("no");
  };
  await expect(redaction(store)).rejects.toThrow("no");
  store.before = () => {};
  expect(await redaction(store)).toMatchObject({ photos: 1 });
  expect(await tellingNames(store)).toEqual([]);
});
