import { expect, test } from "vitest";
import {
  ObjectExistsError,
  type ObjectStore,
  PreconditionFailedError,
} from "../../app/storage/object-store.ts";
import { type KnownFaults, namesIn, type StoreUnderTest, text } from "./store-under-test.ts";

/** What a test writes to. */
interface Ground extends StoreUnderTest {
  /** The beginning of names that no other test has. */
  readonly fresh: () => string;
}

/** What every store promises of copies. */
export function testCopies(ground: () => Ground, known: KnownFaults): void {
  test("a copy has the source's bytes and type, under a name and a generation of its own, and outlives it", async () => {
    const { store, beside, reopen, fresh } = ground();
    const area = fresh();
    const content = Buffer.alloc(3_000_000, "copied bytes ");
    for (const source of [beside, store]) {
      const name = `${area}/copy-${source === store ? "here" : "beside"}`;
      const object = await source.put(`${area}/source`, content, { contentType: "image/heic" });
      const copied = await store.copy({ store: source, object }, name);
      const { sizeBytes, crc32c } = object;
      expect(copied).toEqual({
        name,
        sizeBytes,
        crc32c,
        contentType: "image/heic",
        generation: copied.generation,
      });
      await source.delete(object.name);
      const found = await reopen().read(name);
      expect(found?.object).toEqual(copied);
      expect(content.equals(found?.bytes ?? new Uint8Array())).toBe(true);
      await store.put(name, text("replaced"), { contentType: "text/plain" });
      expect((await store.read(name))?.bytes).toHaveLength(8);
    }
  });

  test("a copy may be of another type, and be empty", async () => {
    const { store, beside, fresh } = ground();
    const area = fresh();
    const object = await beside.put(`${area}/source`, text(""));
    const copied = await store.copy({ store: beside, object }, `${area}/copy`, {
      contentType: "image/jpeg",
    });
    expect(copied).toMatchObject({ sizeBytes: 0, contentType: "image/jpeg" });
    expect(await store.stat(`${area}/copy`)).toEqual(copied);
    expect((await beside.stat(object.name))?.contentType).toBe("application/octet-stream");
  });

  test("source and copy are replaced and deleted each by itself", async () => {
    const { store, beside, fresh } = ground();
    const area = fresh();
    const object = await beside.put(`${area}/source`, text("first"));
    await store.copy({ store: beside, object }, `${area}/copy`);
    await beside.put(object.name, text("second"));
    expect(Buffer.from((await store.read(`${area}/copy`))?.bytes ?? []).toString()).toBe("first");
    await store.delete(`${area}/copy`);
    expect(Buffer.from((await beside.read(object.name))?.bytes ?? []).toString()).toBe("second");
  });

  test.skipIf(known.ignoresCopyPreconditions)("a copy takes no name that is taken", async () => {
    const { store, beside, fresh } = ground();
    const area = fresh();
    const object = await beside.put(`${area}/source`, text("source"));
    const taken = await store.put(`${area}/taken`, text("taken"));
    await expect(store.copy({ store: beside, object }, `${area}/taken`)).rejects.toThrow(ObjectExistsError);
    expect((await store.read(`${area}/taken`))?.object).toEqual(taken);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, () => store.copy({ store: beside, object }, `${area}/contended`)),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test.skipIf(known.ignoresCopyPreconditions)(
    "a copy is of that generation, and of none where there is another, or nothing",
    async () => {
      const { store, beside, fresh } = ground();
      const area = fresh();
      const object = await beside.put(`${area}/source`, text("first"));
      await beside.put(object.name, text("second"));
      const copying = store.copy({ store: beside, object }, `${area}/copy`);
      await expect(copying).rejects.toThrow(PreconditionFailedError);
      await beside.delete(object.name);
      const again = store.copy({ store: beside, object }, `${area}/copy`);
      await expect(again).rejects.toThrow(`object '${object.name}' has another generation by now`);
      expect(await namesIn(store, area)).toEqual([]);
    },
  );

  test("a copy from a store of another kind passes through, under the same conditions", async () => {
    const { store, beside, fresh } = ground();
    const area = fresh();
    const object = await beside.put(`${area}/source`, text("source"), { contentType: "image/png" });
    const other: ObjectStore = {
      put: () => Promise.reject(new Error("nothing is put there")),
      read: (name) => beside.read(name),
      openRead: (name, range) => beside.openRead(name, range),
      stat: (name) => beside.stat(name),
      list: (prefix, options) => beside.list(prefix, options),
      delete: (name, options) => beside.delete(name, options),
    };
    const copied = await store.copy({ store: other, object }, `${area}/copy`);
    expect(copied).toMatchObject({ sizeBytes: 6, crc32c: object.crc32c, contentType: "image/png" });
    await expect(store.copy({ store: other, object }, `${area}/copy`)).rejects.toThrow(ObjectExistsError);
    await beside.put(object.name, text("another"));
    await expect(store.copy({ store: other, object }, `${area}/late`)).rejects.toThrow(
      PreconditionFailedError,
    );
  });
}
