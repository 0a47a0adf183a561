import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { CloudObjectStore } from "../../app/storage/cloud-object-store.ts";
import {
  ObjectExistsError,
  OutcomeUnknownError,
  PreconditionFailedError,
  StoreUnavailableError,
} from "../../app/storage/object-store.ts";
import { StorageStandIn, startStorageStandIn } from "../../local/google-apis/storage/storage-stand-in.ts";
import {
  type RunningServer,
  fakeGcsServerHint,
  skipWithoutFakeGcsServer,
  startFakeGcsServer,
} from "./fake-gcs-server.ts";
import { type FaultyProxy, isDownload, isUpload, startFaultyProxy } from "./faulty-proxy.ts";
import { describeObjectStoreContract } from "./object-store-contract.ts";

const isRewrite = ({ url = "" }: { url?: string | undefined }) => url.includes("/rewriteTo/");

function contractStore(apiEndpoint: string) {
  // So small that every list takes several pages.
  const open = () => new CloudObjectStore({ bucket: "contract", apiEndpoint, listPageSize: 3 });
  const beside = new CloudObjectStore({ bucket: "beside", apiEndpoint });
  return { store: open(), reopen: open, beside };
}

describe("against the stand-in that does what Google documents", () => {
  const standIn = new StorageStandIn({ allows: () => true, rewriteBytesPerCall: 1_048_576 });
  let server: Awaited<ReturnType<typeof startStorageStandIn>>;
  let proxy: FaultyProxy;
  let store: CloudObjectStore;
  const content = Buffer.from("content");

  beforeAll(async () => {
    server = await startStorageStandIn(standIn);
    proxy = await startFaultyProxy(server.origin);
    standIn.createBucket("contract");
    standIn.createBucket("beside");
    standIn.createBucket("faults");
    store = new CloudObjectStore({
      bucket: "faults",
      apiEndpoint: proxy.origin,
      deadlines: { requestMilliseconds: 400, streamMilliseconds: 400 },
    });
  });
  afterAll(async () => {
    await proxy.close();
    await server.close();
  });

  describeObjectStoreContract("the cloud store", () => Promise.resolve(contractStore(server.origin)));

  test.each(["lose-answer", "hide-answer", "hang", "empty-answer", "blank-answer", "page-answer"] as const)(
    "a put that was done and not answered (%s) is of unknown outcome, sent once, and met by the next",
    async (fault) => {
      proxy.plan(isUpload, fault);
      const before = proxy.forwarded.length;
      await expect(store.put(fault, content, { ifAbsent: true })).rejects.toThrow(OutcomeUnknownError);
      expect(proxy.forwarded.slice(before)).toHaveLength(1);
      await expect(store.put(fault, content, { ifAbsent: true })).rejects.toThrow(ObjectExistsError);
    },
  );

  test.each(["lose-request", "unavailable"] as const)(
    "a put that was not done and not answered (%s) is of unknown outcome as well",
    async (fault) => {
      proxy.plan(isUpload, fault);
      await expect(store.put(fault, content, { ifAbsent: true })).rejects.toThrow(OutcomeUnknownError);
      await store.put(fault, content, { ifAbsent: true });
    },
  );

  test("a put that arrives twice is met by itself, and whose it is only its reader can tell", async () => {
    proxy.plan(isUpload, "twice");
    await expect(store.put("twice", content, { ifAbsent: true })).rejects.toThrow(ObjectExistsError);
    expect((await store.read("twice"))?.bytes).toHaveLength(content.length);
  });

  test("a put that arrives late is of unknown outcome, and takes no name that was taken meanwhile", async () => {
    proxy.plan(isUpload, "held");
    await expect(store.put("late", content, { ifAbsent: true })).rejects.toThrow(OutcomeUnknownError);
    const other = await store.put("late", Buffer.from("another's"), { ifAbsent: true });
    const before = proxy.answered();
    proxy.release();
    await expect.poll(proxy.answered).toBeGreaterThan(before);
    expect(await store.stat("late")).toEqual(other);
  });

  test.each(["stuck-refusal", "stuck-answer", "hang"] as const)(
    "every request has its deadline, also when the answer has begun (%s)",
    async (fault) => {
      const before = await store.put(`deadline/${fault}`, content);
      proxy.plan(isDownload, fault);
      expect((await store.read(`deadline/${fault}`))?.object).toEqual(before);
      proxy.plan((request) => request.method === "GET", fault);
      expect(await store.stat(`deadline/${fault}`)).toEqual(before);
      proxy.plan((request) => request.method === "GET", fault);
      expect(await Array.fromAsync(store.list(`deadline/${fault}`))).toEqual([before]);
      proxy.plan(isUpload, fault);
      await expect(store.put(`deadline/${fault}`, content)).rejects.toThrow(OutcomeUnknownError);
      proxy.plan((request) => request.method === "DELETE", fault);
      await store.delete(`deadline/${fault}`);
      expect(await store.stat(`deadline/${fault}`)).toBeUndefined();
    },
  );

  test("a put that the store declined for its pace has certainly changed nothing", async () => {
    proxy.plan(isUpload, "too-many-requests");
    await expect(store.put("paced", content, { ifAbsent: true })).rejects.toThrow(StoreUnavailableError);
    expect(await store.stat("paced")).toBeUndefined();
  });

  test("a bucket that is not there is said at once, as nothing that passes", async () => {
    const nowhere = new CloudObjectStore({ bucket: "nowhere", apiEndpoint: proxy.origin });
    await expect(nowhere.put("x", content)).rejects.toThrow(StoreUnavailableError);
  });

  test("reading, asking, listing and deleting try again", async () => {
    await store.put("patient/object", content);
    proxy.plan(isDownload, "lose-answer", "unavailable");
    expect((await store.read("patient/object"))?.bytes).toHaveLength(content.length);
    proxy.plan((request) => request.method === "GET", "hang", "hide-answer");
    expect(await store.stat("patient/object")).toBeDefined();
    proxy.plan((request) => request.method === "GET", "lose-request");
    expect(await Array.fromAsync(store.list("patient/"))).toHaveLength(1);
    proxy.plan((request) => request.method === "DELETE", "lose-answer");
    await store.delete("patient/object");
    expect(await store.stat("patient/object")).toBeUndefined();
  });

  test("a store that stays away is said", async () => {
    proxy.plan(isDownload, "unavailable", "lose-request", "hang");
    await expect(store.read("away")).rejects.toThrow(StoreUnavailableError);
  });

  test("a conditional delete whose answer was lost succeeds, and refuses what came since", async () => {
    const first = await store.put("pointer", content);
    proxy.plan((request) => request.method === "DELETE", "lose-answer");
    await store.delete("pointer", { ifGeneration: first.generation });
    await store.put("pointer", content);
    await expect(store.delete("pointer", { ifGeneration: first.generation })).rejects.toThrow(
      PreconditionFailedError,
    );
  });

  test("a reader who goes away early harms no other request", async () => {
    await store.put("large", Buffer.alloc(2_000_000));
    const opened = await store.openRead("large");
    const putting = store.put("beside", content);
    opened?.stream.destroy();
    await expect(putting).resolves.toMatchObject({ sizeBytes: content.length });
    expect(await store.read("beside")).toBeDefined();
  });

  describe("a copy", () => {
    const large = Buffer.alloc(3_500_000, "several requests ");
    let serial = 0;

    async function begin(bytes = content) {
      const name = `copied/${++serial}`;
      const object = await store.put(`${name}-source`, bytes);
      proxy.forwarded.splice(0);
      return { name, object, copying: () => store.copy({ store, object }, name) };
    }

    test("of a large object takes as many requests as the store wants", async () => {
      const { name, copying } = await begin(large);
      expect(await copying()).toMatchObject({ name, sizeBytes: large.length });
      expect(proxy.forwarded.map((line) => /rewriteToken=/.test(line))).toEqual([false, true, true, true]);
    });

    test.each(["lose-answer", "hide-answer", "hang", "stuck-answer", "lose-request", "unavailable"] as const)(
      "that is not answered (%s) is asked for again and finds itself",
      async (fault) => {
        const { name, object, copying } = await begin();
        proxy.plan(isRewrite, fault);
        expect(await copying()).toMatchObject({ name, crc32c: object.crc32c });
        expect((await store.read(name))?.bytes).toHaveLength(content.length);
      },
    );

    test.each([1, 2, 3] as const)("of a large object goes on after its answer %i was lost", async (which) => {
      const { name, object, copying } = await begin(large);
      let seen = 0;
      proxy.plan((request) => isRewrite(request) && ++seen === which, "lose-answer");
      expect(await copying()).toMatchObject({ name, crc32c: object.crc32c });
      expect(proxy.forwarded).toHaveLength(5);
    });

    test("that finds another's object under its name after a lost answer is refused", async () => {
      const { name, copying } = await begin();
      const other = await store.put(name, Buffer.from("another's"));
      proxy.plan(isRewrite, "held");
      await expect(copying()).rejects.toThrow(ObjectExistsError);
      proxy.release();
      expect(await store.stat(name)).toEqual(other);
    });

    test("that is never answered is of unknown outcome; one that was only put off has changed nothing", async () => {
      const unknown = await begin();
      proxy.plan(isRewrite, "unavailable", "lose-request", "unavailable");
      await expect(unknown.copying()).rejects.toThrow(OutcomeUnknownError);
      const postponed = await begin();
      proxy.plan(isRewrite, "too-many-requests", "too-many-requests", "too-many-requests");
      await expect(postponed.copying()).rejects.toThrow(StoreUnavailableError);
      expect(await Array.fromAsync(store.list(postponed.name))).toEqual([postponed.object]);
      expect(await postponed.copying()).toMatchObject({ name: postponed.name });
    });

    test("that arrives twice is met by itself, as a put is", async () => {
      const { name, copying } = await begin();
      proxy.plan(isRewrite, "twice");
      await expect(copying()).rejects.toThrow(ObjectExistsError);
      expect((await store.read(name))?.bytes).toHaveLength(content.length);
    });

    test("from a bucket that is not there is refused at once", async () => {
      const nowhere = new CloudObjectStore({ bucket: "nowhere", apiEndpoint: proxy.origin });
      const { object, name } = await begin();
      await expect(store.copy({ store: nowhere, object }, name)).rejects.toThrow(PreconditionFailedError);
    });
  });

  test("a streamed put that takes too long is given up, its outcome unknown", async () => {
    const endless = new Readable({ read() {} });
    endless.push("first bytes");
    await expect(store.put("endless", endless)).rejects.toThrow(OutcomeUnknownError);
    await vi.waitFor(() => expect(endless.destroyed).toBe(true));
  });
});

describe.skipIf(skipWithoutFakeGcsServer)(`against fake-gcs-server (${fakeGcsServerHint})`, () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startFakeGcsServer();
    await server.createBucket("contract");
    await server.createBucket("beside");
  });
  afterAll(() => server.close());

  describeObjectStoreContract("the cloud store", () => Promise.resolve(contractStore(server.origin)), {
    ignoresDeletePreconditions: true,
    ignoresCopyPreconditions: true,
  });
});
