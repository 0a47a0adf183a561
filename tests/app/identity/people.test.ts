import * as fc from "fast-check";
import { expect, test } from "vitest";
import { IdentityRecordDamagedError, createPeople } from "../../../app/identity/people.ts";
import { OutcomeUnknownError } from "../../../app/storage/object-store.ts";
import { createMemoryStore } from "../memory-store.ts";

const identityKey = "an identity key of at least 32 characters";
const alice = "accounts.google.com:1000";

test("a person's id is random, kept at the first sign-in, and the same for every instance", async () => {
  const records = createMemoryStore();
  const userId = await createPeople({ records, identityKey }).userIdOf(alice);
  expect(userId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(await createPeople({ records, identityKey }).userIdOf(alice)).toBe(userId);
  expect(await createPeople({ records, identityKey }).userIdOf("accounts.google.com:1001")).not.toBe(userId);
});

test("what is kept tells nothing about the person without the key", async () => {
  const records = createMemoryStore();
  await createPeople({ records, identityKey }).userIdOf(alice);
  const [name = ""] = records.names();
  expect(name).toMatch(/^identities\/[0-9a-f]{64}\.json$/);
  const stored = Buffer.from((await records.read(name))?.bytes ?? []).toString();
  expect(Object.keys(JSON.parse(stored)).toSorted()).toEqual(["createdAt", "userId", "version"]);
  expect(name + stored).not.toContain("1000");

  const elsewhere = createMemoryStore();
  await createPeople({ records: elsewhere, identityKey: `${identityKey}!` }).userIdOf(alice);
  expect(elsewhere.names()).not.toEqual([name]);
});

test("however many instances see a person first at once, there is one id", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 5 }), async (scheduler, instances) => {
      const records = createMemoryStore();
      records.before = () => scheduler.schedule(Promise.resolve());
      records.afterPut = () => scheduler.schedule(Promise.resolve());
      const asked = Array.from({ length: instances }, () =>
        createPeople({ records, identityKey }).userIdOf(alice),
      );
      await scheduler.waitFor(Promise.all(asked));
      expect(new Set(await Promise.all(asked)).size).toBe(1);
      expect(records.names()).toHaveLength(1);
    }),
    { numRuns: 200 },
  );
});

test("whatever the store fails at, there is never a second id, and repeating succeeds", async () => {
  const outcome = fc.constantFrom("works", "fails", "succeeds without answering");
  await fc.assert(
    fc.asyncProperty(fc.array(outcome, { maxLength: 8 }), async (outcomes) => {
      const records = createMemoryStore();
      records.before = (operation, name) => {
        if (operation === "put" && outcomes[0] === "fails") {
          outcomes.shift();
          throw new OutcomeUnknownError(name);
        }
      };
      records.afterPut = (name) => {
        if (outcomes.shift() === "succeeds without answering") throw new OutcomeUnknownError(name);
      };
      const seen = new Set<string>();
      for (let request = 0; request < 12; request += 1) {
        const people = createPeople({ records, identityKey });
        const userId = await people.userIdOf(alice).catch((error: unknown) => {
          if (error instanceof OutcomeUnknownError) return undefined;
          throw error;
        });
        if (userId !== undefined) seen.add(userId);
      }
      expect(seen.size).toBe(1);
    }),
  );
});

test("requests of one person at once ask the store once, and then no more for a minute", async () => {
  const records = createMemoryStore();
  let reads = 0;
  records.before = (operation) => void (operation === "read" && (reads += 1));
  let milliseconds = 0;
  const people = createPeople({ records, identityKey, now: () => milliseconds });
  await Promise.all([people.userIdOf(alice), people.userIdOf(alice), people.userIdOf(alice)]);
  milliseconds = 59_999;
  await people.userIdOf(alice);
  expect(reads).toBe(1);
  milliseconds = 60_000;
  await people.userIdOf(alice);
  expect(reads).toBe(2);
});

test("a failure is not remembered", async () => {
  const records = createMemoryStore();
  records.before = () => {
    throw new Error("no connection");
  };
  const people = createPeople({ records, identityKey });
  await expect(people.userIdOf(alice)).rejects.toThrow("no connection");
  records.before = () => {};
  await expect(people.userIdOf(alice)).resolves.toMatch(/-/);
});

test.each([
  ["is cut off", '{"version":1,"userId":"0f'],
  ["names no person", '{"version":1,"createdAt":"2026-11-23T00:00:00Z"}'],
  ["names a path", '{"version":1,"userId":"../../x","createdAt":"2026-11-23T00:00:00Z"}'],
])("a record that %s is reported by name and not overwritten", async (_how, content) => {
  const records = createMemoryStore();
  await createPeople({ records, identityKey }).userIdOf(alice);
  const [name = ""] = records.names();
  await records.put(name, Buffer.from(content));
  const asking = createPeople({ records, identityKey }).userIdOf(alice);
  await expect(asking).rejects.toThrow(IdentityRecordDamagedError);
  await expect(asking).rejects.toThrow(name);
  expect(Buffer.from((await records.read(name))?.bytes ?? []).toString()).toBe(content);
});

test("a closed account's id is replaced once, however many do it at once, and whatever answers are lost", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 2, max: 4 }),
      fc.boolean(),
      async (scheduler, instances, isLost) => {
        const records = createMemoryStore();
        const closed = await createPeople({ records, identityKey }).userIdOf(alice);
        records.before = () => scheduler.schedule(Promise.resolve());
        let lost = isLost ? 1 : 0;
        records.afterPut = (name) => {
          if (lost-- > 0) throw new OutcomeUnknownError(name);
        };
        const replacing = Array.from({ length: instances }, () =>
          createPeople({ records, identityKey }).replace(alice, closed),
        );
        await scheduler.waitFor(Promise.all(replacing));
        const ids = new Set(await Promise.all(replacing));
        expect(ids.size).toBe(1);
        expect(ids).not.toContain(closed);
        records.before = () => {};
        expect(ids).toContain(await createPeople({ records, identityKey }).userIdOf(alice));
        expect(ids).toContain(await createPeople({ records, identityKey }).replace(alice, closed));
      },
    ),
    { numRuns: 100 },
  );
});

test("an answer that was on its way while the id was replaced is not remembered", async () => {
  const records = createMemoryStore();
  const people = createPeople({ records, identityKey });
  const closed = await people.userIdOf(alice);
  people.forget(alice);
  let isHeld = true;
  const gate = Promise.withResolvers<void>();
  const read = records.read.bind(records);
  records.read = async (name) => {
    const found = await read(name);
    if (isHeld) {
      isHeld = false;
      await gate.promise;
    }
    return found;
  };
  const early = people.userIdOf(alice);
  const replaced = await people.replace(alice, closed);
  gate.resolve();
  expect(await early).toBe(closed);
  expect(await people.userIdOf(alice)).toBe(replaced);
});
