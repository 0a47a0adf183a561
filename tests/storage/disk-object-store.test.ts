import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import {
  ObjectDamagedError,
  PreconditionFailedError,
  StoreUnavailableError,
} from "../../app/storage/object-store.ts";
import { describeObjectStoreContract } from "./object-store-contract.ts";

const scratch = mkdtempSync(join(tmpdir(), "imgstream-disk-store-"));
let count = 0;
const newRoot = () => join(scratch, `root${++count}`);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describeObjectStoreContract("the disk store", () => {
  const root = newRoot();
  return Promise.resolve({
    store: new DiskObjectStore(root),
    beside: new DiskObjectStore(newRoot()),
    reopen: () => new DiskObjectStore(root),
  });
});

test("a copy on one disk takes no room of its own; one whose source is damaged is refused", async () => {
  const [from, to] = [newRoot(), newRoot()];
  const [source, target] = [new DiskObjectStore(from), new DiskObjectStore(to)];
  const object = await source.put("a/source", Buffer.from("as uploaded"));
  await target.copy({ store: source, object }, "b/copy");
  const [one, other] = [statSync(join(from, "a/source")), statSync(join(to, "b/copy"))];
  expect([one.ino, one.nlink]).toEqual([other.ino, 2]);
  writeFileSync(realpathSync(join(from, "a/source")), "torn");
  await expect(target.copy({ store: source, object }, "b/torn")).rejects.toThrow(ObjectDamagedError);
  rmSync(realpathSync(join(from, "a/source")));
  await expect(target.copy({ store: source, object }, "b/lost")).rejects.toThrow(PreconditionFailedError);
  expect(readdirSync(join(to, ".temporary"))).toEqual([]);
  expect(readdirSync(join(to, "b"))).toHaveLength(2);
});

test("the file of an object has exactly the bytes that were put", async () => {
  const root = newRoot();
  await new DiskObjectStore(root).put("photos/u/p.jpg", Buffer.from("as uploaded"));
  expect(readFileSync(join(root, "photos/u/p.jpg"), "utf8")).toBe("as uploaded");
});

test.each(["", ".temporary", ".claims"])(
  "a file where the store's folder '%s' should be is named, and nothing is stored",
  async (folder) => {
    const root = newRoot();
    if (folder !== "") mkdirSync(root);
    writeFileSync(join(root, folder), "somebody's");
    const put = new DiskObjectStore(root).put("photos/u/p.jpg", Buffer.from("as uploaded"));
    const error = await put.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error).toMatchObject({ cause: { message: expect.stringMatching(/cannot be a folder: it, or/) } });
    expect(error).toMatchObject({ cause: { message: expect.stringContaining(join(root, folder)) } });
  },
);

test("replacing and deleting leave no file behind", async () => {
  const root = newRoot();
  const store = new DiskObjectStore(root);
  await store.put("folder/name", Buffer.from("one"));
  await store.put("folder/name", Buffer.from("two"));
  await expect(store.put("folder/name", Buffer.from("x"), { ifAbsent: true })).rejects.toThrow(
    "exists already",
  );
  expect(readdirSync(join(root, "folder"))).toHaveLength(2);
  await store.delete("folder/name");
  expect(readdirSync(join(root, "folder"))).toEqual([]);
  expect(readdirSync(join(root, ".temporary"))).toEqual([]);
  expect(readdirSync(join(root, ".claims"))).toEqual([]);
});

test("content that was changed on the disk is reported, not returned", async () => {
  const root = newRoot();
  const store = new DiskObjectStore(root);
  await store.put("log/1", Buffer.from("original content"));
  writeFileSync(realpathSync(join(root, "log/1")), "modified content");
  await expect(store.read("log/1")).rejects.toThrow(ObjectDamagedError);
  const opened = await store.openRead("log/1");
  await expect(opened && buffer(opened.stream)).rejects.toThrow(ObjectDamagedError);
});

test("a link that lost its content is reported as damage, not as absence", async () => {
  const root = newRoot();
  const store = new DiskObjectStore(root);
  await store.put("log/1", Buffer.from("content"));
  rmSync(realpathSync(join(root, "log/1")));
  await expect(store.read("log/1")).rejects.toThrow(ObjectDamagedError);
});

test("a file that someone else put there is refused with the way out", async () => {
  const root = newRoot();
  mkdirSync(join(root, "photos"), { recursive: true });
  writeFileSync(join(root, "photos/foreign.jpg"), "x");
  const store = new DiskObjectStore(root);
  await expect(store.read("photos/foreign.jpg")).rejects.toThrow("move the file away");
});

test("a half-written temporary file is no object", async () => {
  const root = newRoot();
  const store = new DiskObjectStore(root);
  await store.put("log/1", Buffer.from("whole"));
  writeFileSync(join(root, ".temporary/1-killed"), "hal");
  writeFileSync(join(root, "log/.17~00000000~text%2Fplain~00000000"), "never linked");
  const again = new DiskObjectStore(root);
  expect((await Array.fromAsync(again.list(""))).map(({ name }) => name)).toEqual(["log/1"]);
  await again.put("log/2", Buffer.from("next"), { ifAbsent: true });
});

test("a name within another object's, or of a folder, is refused and changes nothing", async () => {
  const store = new DiskObjectStore(newRoot());
  const object = await store.put("a/b", Buffer.from("object"));
  for (const options of [{}, { ifAbsent: true }]) {
    const within = store.put("a/b/c", Buffer.from("x"), options);
    await expect(within).rejects.toThrow("would lie within another object");
    const folder = store.put("a", Buffer.from("x"), options);
    await expect(folder).rejects.toThrow("is the folder of other objects");
  }
  expect(await Array.fromAsync(store.list(""))).toEqual([object]);
});

test("a folder that cannot be used is said as the store's refusal, by every method", async () => {
  const root = newRoot();
  writeFileSync(root, "a file");
  const store = new DiskObjectStore(root);
  await expect(store.put("a/b", Buffer.from("x"))).rejects.toThrow(StoreUnavailableError);
  await expect(store.put("a/b", Buffer.from("x"), { ifAbsent: true })).rejects.toThrow(StoreUnavailableError);
  await expect(store.delete("a/b")).rejects.toThrow(StoreUnavailableError);
});

test("a body that fails is passed on as it failed, also with an error of the system", async () => {
  const root = newRoot();
  const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", errno: -104 });
  const body = new Readable({ read: () => body.destroy(reset) });
  await expect(new DiskObjectStore(root).put("a/b", body)).rejects.toBe(reset);
  expect(readdirSync(join(root, ".temporary"))).toEqual([]);
});

test("a clock that jumps back gives no generation a second time, nor a lower one", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-23T12:00:00Z") });
  onTestFinished(() => void vi.useRealTimers());
  const root = newRoot();
  const first = await new DiskObjectStore(root).put("a", Buffer.from("one"));
  vi.setSystemTime(new Date("2026-11-23T03:00:00Z"));
  const second = await new DiskObjectStore(root).put("a", Buffer.from("two"), {
    ifGeneration: first.generation,
  });
  expect(BigInt(second.generation)).toBeGreaterThan(BigInt(first.generation));
});
