import { join } from "node:path";
import { expect, test } from "vitest";
import { personModel } from "../../../app/catalog/person/person-model.ts";
import { DiskObjectStore } from "../../../app/storage/disk-object-store.ts";
import { newKey, openCatalog, scratchFolder, surroundingsAt } from "../fixtures.ts";
import { answersOf, readReleased, restoreReleased } from "./released-records.ts";

/** Every version of the view that was ever released: what record.ts has kept. */
const released = [1, 2, 3];

test.each(released)(
  "what the release with version %d of the view has left is opened by a rebuild, and nothing of it is lost or changed",
  async (version) => {
    const folder = scratchFolder();
    const store = new DiskObjectStore(join(folder, "records"));
    const records = readReleased(version);
    await restoreReleased(records, store);
    const { person, answers } = records;
    const surroundings = surroundingsAt({ now: Date.parse("2026-11-25T12:00:00.000Z") });
    const catalog = await openCatalog(folder, { surroundings });
    expect(await answersOf(catalog, person)).toEqual({
      albums: [],
      shares: [],
      flags: [],
      settings: {},
      ...answers,
    });

    // A key that was used then is known now.
    const signIn = { kind: "see-sign-in", email: "ada@example.com", name: "Ada Lovelace" } as const;
    expect(await catalog.execute(person, signIn, { idempotencyKey: "key-1" })).toMatchObject({ sequence: 1 });

    // Going back a release must find what it left, its snapshots too.
    await catalog.execute(
      person,
      { kind: "favorite-photo", photoId: "p2", favorite: false },
      { idempotencyKey: `later ${newKey()}` },
    );
    await catalog.keepUp(person);
    // Of its own version a release drops snapshots that newer ones have replaced.
    const isKept = (name: string) => version < personModel.viewVersion || !name.includes("/snapshots/");
    for (const { name, base64 } of records.objects.filter((object) => isKept(object.name))) {
      const bytes = (await store.read(name))?.bytes ?? new Uint8Array();
      expect([name, Buffer.from(bytes).equals(Buffer.from(base64, "base64"))]).toEqual([name, true]);
    }
    await catalog.close();
    const again = await openCatalog(folder, { surroundings });
    expect((await again.photo(person, "p2"))?.favorite).toBe(false);
  },
);
