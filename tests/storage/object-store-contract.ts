import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { crc32cOf } from "../../app/storage/crc32c.ts";
import {
  type CopyingStore,
  type LocalFile,
  ObjectExistsError,
  PreconditionFailedError,
} from "../../app/storage/object-store.ts";
import { InvalidObjectNameError } from "../../app/storage/object-name.ts";
import { testCopies } from "./copies-contract.ts";
import { type KnownFaults, listAll, namesIn, type StoreUnderTest, text } from "./store-under-test.ts";

/** What every store promises. `make` gives an empty store. */
export function describeObjectStoreContract(
  title: string,
  make: () => Promise<StoreUnderTest>,
  known: KnownFaults = {},
): void {
  describe(`${title} keeps the contract of an object store`, () => {
    let store: CopyingStore;
    let beside: CopyingStore;
    let reopen: () => CopyingStore;
    let folder = 0;
    const files = mkdtempSync(join(tmpdir(), "imgstream-local-files-"));
    afterAll(() => rmSync(files, { recursive: true, force: true }));
    const fileOf = (content: Uint8Array): LocalFile => {
      const path = join(files, randomUUID());
      writeFileSync(path, content);
      return { path, sizeBytes: content.length, crc32c: crc32cOf(content) };
    };
    const fresh = () => `area${++folder}`;

    beforeAll(async () => {
      ({ store, beside, reopen } = await make());
    });

    test("what was put is read back with its size, content type, checksum and generation, also after reopening", async () => {
      const name = `${fresh()}/portrait.jpg`;
      const put = await store.put(name, text("123456789"), { contentType: "image/jpeg" });
      expect(put).toMatchObject({ name, sizeBytes: 9, contentType: "image/jpeg", crc32c: "4waSgw==" });
      expect(put.generation).toMatch(/^[1-9]\d*$/);
      for (const reader of [store, reopen()]) {
        const found = await reader.read(name);
        expect(Buffer.from(found?.bytes ?? []).toString()).toBe("123456789");
        expect(found?.object).toEqual(put);
        expect(await reader.stat(name)).toEqual(put);
      }
    });

    test("the content type defaults to application/octet-stream", async () => {
      const put = await store.put(`${fresh()}/data`, text("x"));
      expect(put.contentType).toBe("application/octet-stream");
    });

    test("an empty object is an object", async () => {
      const name = `${fresh()}/empty`;
      await store.put(name, text(""));
      expect((await store.read(name))?.bytes).toHaveLength(0);
      expect((await store.stat(name))?.crc32c).toBe("AAAAAA==");
    });

    test("what is not there is undefined", async () => {
      expect(await store.read("nobody/nothing")).toBeUndefined();
      expect(await store.openRead("nobody/nothing")).toBeUndefined();
      expect(await store.openRead("nobody/nothing", { first: 0, last: 3 })).toBeUndefined();
      expect(await store.stat("nobody/nothing")).toBeUndefined();
      await expect(store.delete("nobody/nothing")).resolves.toBeUndefined();
    });

    test("a stream is stored whole", async () => {
      const name = `${fresh()}/streamed`;
      const content = Buffer.alloc(3_000_000, "stream of bytes ");
      const chunks = Array.from({ length: 30 }, (_, index) =>
        content.subarray(index * 1e5, (index + 1) * 1e5),
      );
      const put = await store.put(name, Readable.from(chunks));
      expect(put).toMatchObject({ sizeBytes: content.length, crc32c: crc32cOf(content) });
      const opened = await store.openRead(name);
      expect(opened?.object).toEqual(put);
      expect(opened && (await buffer(opened.stream)).equals(content)).toBe(true);
    });

    test("a file of this machine is stored whole, and its name may go afterwards", async () => {
      const name = `${fresh()}/received`;
      const content = Buffer.alloc(2_500_000, "received bytes ");
      const file = fileOf(content);
      const put = await store.put(name, file, { contentType: "image/jpeg", ifAbsent: true });
      expect(put).toMatchObject({ name, sizeBytes: content.length, crc32c: file.crc32c });
      await expect(store.put(name, file, { ifAbsent: true })).rejects.toThrow(ObjectExistsError);
      rmSync(file.path);
      const found = await reopen().read(name);
      expect(found?.object).toEqual(put);
      expect(found && content.equals(found.bytes)).toBe(true);
      await store.delete(name);
      expect(await store.stat(name)).toBeUndefined();
    });

    test("a file that is gone, or empty, is what it is", async () => {
      const area = fresh();
      const empty = await store.put(`${area}/empty`, fileOf(Buffer.alloc(0)));
      expect(empty).toMatchObject({ sizeBytes: 0, crc32c: "AAAAAA==" });
      const gone = fileOf(Buffer.from("gone"));
      rmSync(gone.path);
      await expect(store.put(`${area}/gone`, gone)).rejects.toThrow(/ENOENT|did not serve/);
      expect(await namesIn(store, area)).toEqual([`${area}/empty`]);
    });

    test("a stream that fails leaves nothing behind", async () => {
      const area = fresh();
      const failing = Readable.from(
        (async function* () {
          yield text("half");
          throw new Error("the client went away");
        })(),
      );
      await expect(store.put(`${area}/half`, failing)).rejects.toThrow("the client went away");
      expect(await store.stat(`${area}/half`)).toBeUndefined();
      expect(await namesIn(store, area)).toEqual([]);
    });

    test("put if absent creates once and refuses then, changing nothing", async () => {
      const name = `${fresh()}/slot`;
      const first = await store.put(name, text("first"), { ifAbsent: true });
      await expect(store.put(name, text("second"), { ifAbsent: true })).rejects.toThrow(ObjectExistsError);
      expect((await store.read(name))?.object).toEqual(first);
    });

    test("of many that put the same absent name at once exactly one succeeds", async () => {
      const name = `${fresh()}/contended`;
      const clients = [store, reopen(), reopen()];
      const outcomes = await Promise.allSettled(
        Array.from({ length: 24 }, async (_, index) => {
          const client = clients[index % clients.length] ?? store;
          await client.put(name, text(`writer ${index}`), { ifAbsent: true });
          return `writer ${index}`;
        }),
      );
      const winners = outcomes.filter((outcome) => outcome.status === "fulfilled");
      expect(winners).toHaveLength(1);
      const losers = outcomes.filter((outcome) => outcome.status === "rejected");
      for (const { reason } of losers) expect(reason).toBeInstanceOf(ObjectExistsError);
      const stored = Buffer.from((await store.read(name))?.bytes ?? []).toString();
      expect(stored).toBe(winners[0]?.value);
    });

    test("put replaces and changes the generation", async () => {
      const name = `${fresh()}/replaced`;
      const first = await store.put(name, text("first"), { contentType: "text/plain" });
      const second = await store.put(name, text("second, longer"), { contentType: "text/html" });
      expect(second.generation).not.toBe(first.generation);
      expect((await reopen().read(name))?.object).toEqual(second);
    });

    test("a conditional put replaces only the generation it names", async () => {
      const name = `${fresh()}/conditional`;
      const first = await store.put(name, text("one"));
      const second = await store.put(name, text("two"), { ifGeneration: first.generation });
      const stale = store.put(name, text("three"), { ifGeneration: first.generation });
      await expect(stale).rejects.toThrow(PreconditionFailedError);
      expect((await store.read(name))?.object).toEqual(second);
      const absent = store.put(`${name}-not-there`, text("x"), { ifGeneration: first.generation });
      await expect(absent).rejects.toThrow(PreconditionFailedError);
    });

    test("of many that replace the same generation at once exactly one succeeds", async () => {
      const name = `${fresh()}/pointer`;
      const { generation } = await store.put(name, text("before"));
      const clients = [store, reopen(), reopen()];
      const outcomes = await Promise.allSettled(
        Array.from({ length: 12 }, async (_, index) => {
          const client = clients[index % clients.length] ?? store;
          return await client.put(name, text(`after ${index}`), { ifGeneration: generation });
        }),
      );
      expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    });

    test.skipIf(known.ignoresDeletePreconditions)(
      "delete removes, and with another generation refuses",
      async () => {
        const name = `${fresh()}/deleted`;
        const first = await store.put(name, text("one"));
        const second = await store.put(name, text("two"));
        const stale = store.delete(name, { ifGeneration: first.generation });
        await expect(stale).rejects.toThrow(PreconditionFailedError);
        expect(await store.stat(name)).toEqual(second);
        await store.delete(name, { ifGeneration: second.generation });
        expect(await reopen().stat(name)).toBeUndefined();
        await store.put(name, text("again"), { ifAbsent: true });
      },
    );

    test("ranges include both ends and stop at the object's end", async () => {
      const name = `${fresh()}/ranged`;
      await store.put(name, text("0123456789"));
      const part = async (range: { first: number; last?: number }) => {
        const opened = await store.openRead(name, range);
        return opened && (await buffer(opened.stream)).toString();
      };
      expect(await part({ first: 2, last: 4 })).toBe("234");
      expect(await part({ first: 7 })).toBe("789");
      expect(await part({ first: 8, last: 100 })).toBe("89");
      expect(await part({ first: 0, last: 0 })).toBe("0");
      const opened = await store.openRead(name, { first: 2, last: 4 });
      opened?.stream.destroy();
      expect(opened?.object.sizeBytes).toBe(10);
    });

    test("lists names under a prefix by their bytes, after a name, up to a limit", async () => {
      const area = fresh();
      const names = ["a", "a-b", "a/b", "a/c/d", "a0", "b", "ä", "ﬀ", "😀"].map((name) => `${area}/${name}`);
      const stored = names.filter((name) => name !== `${area}/a`);
      for (const name of stored.toReversed()) await store.put(name, text(name));
      expect(await namesIn(store, `${area}/`)).toEqual(stored);
      expect(await namesIn(store, `${area}/a`)).toEqual(stored.slice(0, 4));
      expect(await namesIn(store, `${area}/a/`)).toEqual([`${area}/a/b`, `${area}/a/c/d`]);
      expect(await namesIn(store, `${area}/`, { startAfter: `${area}/a/b` })).toEqual(stored.slice(2));
      expect(await namesIn(store, `${area}/`, { startAfter: `${area}/a/` })).toEqual(stored.slice(1));
      expect(await namesIn(store, `${area}/`, { limit: 2 })).toEqual(stored.slice(0, 2));
      expect(await namesIn(store, `${area}/nothing`)).toEqual([]);
      const [first] = await listAll(store, `${area}/b`);
      expect(first).toEqual(await store.stat(`${area}/b`));
    });

    test("lists many names whole, in order, once each, wherever a page ends", async () => {
      const area = fresh();
      const names = Array.from(
        { length: 25 },
        (_, index) => `${area}/${index % 4}/${String(index).padStart(3, "0")}`,
      );
      await Promise.all(names.map((name) => store.put(name, text(name))));
      const sorted = names.toSorted();
      expect(await namesIn(store, `${area}/`)).toEqual(sorted);
      for (const limit of [1, 3, 4, 24, 25, 26]) {
        expect(await namesIn(store, `${area}/`, { limit })).toEqual(sorted.slice(0, limit));
      }
      for (const [index, startAfter] of sorted.entries()) {
        const rest = await namesIn(store, `${area}/`, { startAfter, limit: 4 });
        expect(rest).toEqual(sorted.slice(index + 1, index + 5));
      }
      expect(await namesIn(store, `${area}/`, { limit: 0 })).toEqual([]);
      expect(await namesIn(store, `${area}/2`)).toEqual(
        sorted.filter((name) => name.startsWith(`${area}/2`)),
      );
    });

    testCopies(() => ({ store, beside, reopen, fresh }), known);

    test("a list that is left early harms nothing", async () => {
      const area = fresh();
      for (const name of ["a", "b", "c", "d", "e"]) await store.put(`${area}/${name}`, text(name));
      for await (const object of store.list(`${area}/`)) {
        expect(object.name).toBe(`${area}/a`);
        break;
      }
      expect(await namesIn(store, `${area}/`)).toHaveLength(5);
    });

    test("ranges of nothing are empty, not an error", async () => {
      const area = fresh();
      await store.put(`${area}/short`, text("short"));
      await store.put(`${area}/empty`, text(""));
      for (const [name, first] of [
        ["short", 5],
        ["short", 500],
        ["empty", 0],
      ] as const) {
        const opened = await store.openRead(`${area}/${name}`, { first });
        expect(opened?.object.name).toBe(`${area}/${name}`);
        expect(opened && (await buffer(opened.stream))).toHaveLength(0);
      }
    });

    test("two conditions at once are refused", async () => {
      const put = store.put(`${fresh()}/both`, text("x"), { ifAbsent: true, ifGeneration: "1" });
      await expect(put).rejects.toThrow("give 'ifAbsent' or 'ifGeneration', not both");
    });

    test("a stream whose condition fails changes nothing", async () => {
      const name = `${fresh()}/taken`;
      const first = await store.put(name, text("first"));
      const absent = store.put(name, Readable.from([text("second")]), { ifAbsent: true });
      await expect(absent).rejects.toThrow(ObjectExistsError);
      const stale = store.put(name, Readable.from([text("third")]), { ifGeneration: "1" });
      await expect(stale).rejects.toThrow(PreconditionFailedError);
      expect((await store.read(name))?.object).toEqual(first);
    });

    test("names may be as long as is allowed, and not a byte longer", async () => {
      const parts = Array.from({ length: 4 }, () => "é".repeat(100));
      const longest = [...parts, "x".repeat(196)].join("/");
      expect(Buffer.byteLength(longest)).toBe(1000);
      const put = await store.put(longest, text("deep"), { ifAbsent: true });
      expect((await reopen().read(longest))?.object).toEqual(put);
      expect(await namesIn(store, longest)).toEqual([longest]);
      await store.delete(longest);
      expect(await store.stat(longest)).toBeUndefined();
      for (const name of [`${longest}x`, `area/${"é".repeat(100)}x`]) {
        await expect(store.put(name, text("x"))).rejects.toThrow(
          /bytes long; at most (?:1000|200) are allowed/,
        );
        await expect(namesIn(store, name)).rejects.toThrow(InvalidObjectNameError);
      }
    });

    test.each([
      "",
      "/etc/passwd",
      "../x.jpg",
      "a/../b",
      "a//b",
      "a/",
      ".hidden",
      "a\\b",
      "a\u0000b",
      "x".repeat(1001),
    ])("refuses the name %j", async (name) => {
      await expect(store.put(name, text("x"))).rejects.toThrow(InvalidObjectNameError);
      const object = { name: "a", sizeBytes: 1, contentType: "a/b", generation: "1", crc32c: "AAAAAA==" };
      await expect(store.copy({ store: beside, object }, name)).rejects.toThrow(InvalidObjectNameError);
      await expect(store.read(name)).rejects.toThrow(InvalidObjectNameError);
      await expect(store.openRead(name)).rejects.toThrow(InvalidObjectNameError);
      await expect(store.stat(name)).rejects.toThrow(InvalidObjectNameError);
      await expect(store.delete(name)).rejects.toThrow(InvalidObjectNameError);
    });

    test.each(["..", "a/../", "/a", "a//"])("refuses to list the prefix %j", async (prefix) => {
      await expect(namesIn(store, prefix)).rejects.toThrow(InvalidObjectNameError);
    });
  });
}
