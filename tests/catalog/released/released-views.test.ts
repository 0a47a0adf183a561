import { join } from "node:path";
import { expect, test } from "vitest";
import { DiskObjectStore } from "../../../app/storage/disk-object-store.ts";
import { newKey, openCatalog, scratchFolder, surroundingsAt } from "../fixtures.ts";
import { readReleased, restoreReleased } from "./released-records.ts";

/** Every version of the view that was ever released: what record.ts has kept. */
const released = [1];

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
    expect(await catalog.everyPhoto(person, { limit: 1000 })).toEqual(answers.photos);
    expect(await catalog.profile(person)).toEqual(answers.profile);
    expect(await catalog.organisation.members({ limit: 200 })).toEqual(answers.members);

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
    const left: (typeof records.objects)[number][] = [];
    for (const { name, contentType } of records.objects) {
      const bytes = (await store.read(name))?.bytes ?? new Uint8Array();
      left.push({ name, contentType, base64: Buffer.from(bytes).toString("base64") });
    }
    expect(left).toEqual(records.objects);
    await catalog.close();
    const again = await openCatalog(folder, { surroundings });
    expect((await again.photo(person, "p2"))?.favorite).toBe(false);
  },
);
