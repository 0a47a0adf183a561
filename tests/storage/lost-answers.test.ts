import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CloudObjectStore } from "../../app/storage/cloud-object-store.ts";
import {
  ObjectExistsError,
  OutcomeUnknownError,
  PreconditionFailedError,
} from "../../app/storage/object-store.ts";
import { StorageStandIn, startStorageStandIn } from "../../local/google-apis/storage/storage-stand-in.ts";
import { openCatalog, person, scratchFolder } from "../catalog/fixtures.ts";
import { newPhoto } from "../catalog/photo-fixture.ts";
import { type Cut, type CuttingProxy, startCuttingProxy } from "./cutting-proxy.ts";
import { fakeGcsServerHint, skipWithoutFakeGcsServer, startFakeGcsServer } from "./fake-gcs-server.ts";

const bucket = "records";
const content = Buffer.from("twenty-six bytes of content");

async function startStandIn() {
  const standIn = new StorageStandIn({ allows: () => true });
  standIn.createBucket(bucket);
  return await startStorageStandIn(standIn);
}

async function startEmulator() {
  const server = await startFakeGcsServer();
  await server.createBucket(bucket);
  return server;
}

const cuts: Cut[] = [
  { share: 0, how: "reset" },
  { share: 0, how: "end" },
  { share: 0.2, how: "end" },
  { share: 0.7, how: "reset" },
  { share: 0.99, how: "end" },
];

describe.each([
  { name: "the stand-in", start: startStandIn, skip: false, checksPreconditions: true },
  {
    name: `fake-gcs-server (${fakeGcsServerHint})`,
    start: startEmulator,
    skip: skipWithoutFakeGcsServer,
    checksPreconditions: false,
  },
])("when $name has done it and the connection breaks", ({ start, skip, checksPreconditions }) => {
  let server: { readonly origin: string; close(): Promise<void> };
  let proxy: CuttingProxy;
  let store: CloudObjectStore;
  let names = 0;
  const fresh = () => `area${++names}/object`;

  beforeAll(async () => {
    if (skip) return;
    server = await start();
    proxy = await startCuttingProxy(server.origin);
    store = new CloudObjectStore({ bucket, apiEndpoint: proxy.origin });
  });
  afterAll(async () => {
    await proxy?.close();
    await server?.close();
  });

  afterEach(() => {
    if (!skip && proxy.left() > 0) throw new Error(`${proxy.left()} planned cuts never came`);
  });

  /** What was sent from now on, by method and path. */
  function watch(): () => string[] {
    const before = proxy.sent.length;
    return () => proxy.sent.slice(before);
  }

  describe.skipIf(skip)("through the client library", () => {
    test.each(cuts)("a change is acknowledged once and in the log once (%o)", async (cut) => {
      const userId = person.replace(/\d{4}$/, String(++names).padStart(4, "0"));
      const catalog = await openCatalog(scratchFolder(), { records: store });
      proxy.cut(/^POST \/upload\//, cut, cut);
      const command = { kind: "add-photo", photo: newPhoto("p1") } as const;
      const receipt = await catalog.execute(userId, command, { idempotencyKey: "k" });
      expect(receipt).toMatchObject({ sequence: 1, photo: { id: "p1", version: 1 } });
      expect(await catalog.execute(userId, command, { idempotencyKey: "k" })).toEqual(receipt);
      const [entry, ...others] = await Array.fromAsync(store.list(`catalog/${userId}/log/`));
      expect(others).toEqual([]);
      const text = Buffer.from((await store.read(entry?.name ?? ""))?.bytes ?? []).toString();
      expect(text.match(/photo-added/g)).toHaveLength(1);
    });

    test.each(cuts)("a put is of unknown outcome, is not sent twice, and is there (%o)", async (cut) => {
      const [created, replaced, streamed] = [fresh(), fresh(), fresh()];
      const { generation } = await store.put(replaced, Buffer.from("before"));
      const sent = watch();
      proxy.cut(/^POST \/upload\//, cut, cut, cut);
      await expect(store.put(created, content, { ifAbsent: true })).rejects.toThrow(OutcomeUnknownError);
      await expect(store.put(replaced, content, { ifGeneration: generation })).rejects.toThrow(
        OutcomeUnknownError,
      );
      await expect(store.put(streamed, Readable.from([content]))).rejects.toThrow(OutcomeUnknownError);
      expect(sent()).toHaveLength(3);
      for (const name of [created, replaced, streamed]) {
        expect(Buffer.from((await store.read(name))?.bytes ?? [])).toEqual(content);
      }
      await expect(store.put(created, content, { ifAbsent: true })).rejects.toThrow(ObjectExistsError);
      await expect(store.put(replaced, content, { ifGeneration: generation })).rejects.toThrow(
        PreconditionFailedError,
      );
    });

    test.each(cuts)("a deletion has happened, also when it is sent again (%o)", async (cut) => {
      const [plain, conditional] = [fresh(), fresh()];
      await store.put(plain, content);
      const { generation } = await store.put(conditional, content);
      proxy.cut(/^DELETE /, cut, cut);
      await store.delete(plain);
      await store.delete(conditional, { ifGeneration: generation });
      expect(await store.stat(plain)).toBeUndefined();
      expect(await store.stat(conditional)).toBeUndefined();
    });

    test.skipIf(!checksPreconditions)(
      "a deletion that is sent again leaves alone what came since (the emulator would delete it)",
      async () => {
        const name = fresh();
        const before = await store.put(name, content);
        const other = new CloudObjectStore({ bucket, apiEndpoint: server.origin });
        proxy.cut(/^DELETE /, { share: 0 });
        const deleting = store.delete(name, { ifGeneration: before.generation });
        // The store waits before it asks again.
        await expect.poll(() => other.stat(name), { interval: 1 }).toBeUndefined();
        const since = await other.put(name, content);
        await expect(deleting).rejects.toThrow(PreconditionFailedError);
        expect(await store.stat(name)).toEqual(since);
      },
    );

    // The emulator ignores a copy's preconditions, so there the second request would copy again.
    test.skipIf(!checksPreconditions).each(cuts)(
      "a copy that is asked for again finds itself, and is made once (%o)",
      async (cut) => {
        const name = fresh();
        const object = await store.put(name, content);
        const sent = watch();
        proxy.cut(/^POST .*rewriteTo/, cut);
        const copied = await store.copy({ store, object }, `${name}-copy`);
        expect(sent().filter((line) => line.includes("rewriteTo"))).toHaveLength(2);
        expect(await store.stat(`${name}-copy`)).toEqual(copied);
        const again = store.copy({ store, object }, `${name}-copy`);
        await expect(again).rejects.toThrow(ObjectExistsError);
      },
    );

    test.each(cuts)(
      "what was asked is asked again, and nothing is taken for whole that is not (%o)",
      async (cut) => {
        const name = fresh();
        const put = await store.put(name, content);
        proxy.cut(/alt=media/, cut, cut);
        expect(Buffer.from((await store.read(name))?.bytes ?? [])).toEqual(content);
        proxy.cut(/^GET [^?]*object/, cut);
        expect(await store.stat(name)).toEqual(put);
        proxy.cut(/[?&]prefix=/, cut, cut);
        expect(await Array.fromAsync(store.list(name))).toEqual([put]);
      },
    );

    test.each(["reset", "end"] as const)(
      "a stream that is cut off fails, whole or of a part (%s)",
      async (how) => {
        const name = fresh();
        const large = Buffer.alloc(100_000, "stream ");
        await store.put(name, large);
        for (const range of [undefined, { first: 10, last: 90_000 }]) {
          proxy.cut(/alt=media/, { share: 0.9, how });
          const opened = await store.openRead(name, range);
          const reading = opened === undefined ? Promise.resolve() : buffer(opened.stream);
          await expect(reading).rejects.toThrow(/terminated|aborted|closed/i);
        }
        const opened = await store.openRead(name);
        expect(opened && (await buffer(opened.stream)).equals(large)).toBe(true);
      },
    );
  });
});
