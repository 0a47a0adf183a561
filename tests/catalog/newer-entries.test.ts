import { expect, test } from "vitest";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { add, openCatalog, otherPerson, person, scratchFolder } from "./fixtures.ts";

const signIn = { kind: "see-sign-in", email: "b@example.com", name: null } as const;

/** Of the release after this one. */
function entryOf(sequence: number, changes: Readonly<Record<string, unknown>>): Uint8Array {
  const command = { idempotencyKey: "newer", request: "r", subject: null, bytes: 0 };
  const effects = [{ kind: "photo-dreamt-of", photoId: "p1" }];
  const entry = { version: 1, seq: sequence, id: "i", by: "newer", at: "2026-11-23T08:00:00.000Z" };
  return Buffer.from(JSON.stringify({ ...entry, commands: [{ ...command, effects }], ...changes }));
}

test.each([
  ["a new kind of effect", {}],
  ["a new version", { version: 2, commands: "in another form", mood: "new" }],
])(
  "%s of a newer release is told, written over by nobody, and no matter of other people",
  async (_what, changes) => {
    const records = createMemoryStore();
    const catalog = await openCatalog(scratchFolder(), { records });
    await add(catalog, "p1");
    await catalog.execute(otherPerson, signIn, { idempotencyKey: "k" });
    const newer = entryOf(2, changes);
    await records.put(entryName(person, 2), newer);
    const refusal = { code: "newer-entry", sequence: 2 };
    // A view that is open meets it, and so does one that is opened.
    for (const reader of [catalog, await openCatalog(scratchFolder(), { records })]) {
      await expect(reader.photos(person, { after: `${person}.2` })).rejects.toMatchObject(refusal);
      await expect(add(reader, "p2")).rejects.toMatchObject(refusal);
      await expect(reader.profile(otherPerson)).resolves.toMatchObject({ email: "b@example.com" });
    }
    expect((await records.read(entryName(person, 2)))?.bytes).toEqual(newer);
    expect(await records.stat(entryName(person, 3))).toBeUndefined();
  },
);
