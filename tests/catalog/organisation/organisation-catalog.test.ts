import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { Notice } from "../../../app/catalog/protocol/notice.ts";
import { withCopies } from "../../../app/cli/open-copies.ts";
import { DiskObjectStore } from "../../../app/storage/disk-object-store.ts";
import { newKey, openCatalog, otherPerson, person, scratchFolder } from "../fixtures.ts";

async function openOrganisation(folder = scratchFolder()) {
  const catalogs = await openCatalog(folder);
  const { organisation } = catalogs;
  const execute = (command: Parameters<typeof organisation.execute>[0], idempotencyKey = newKey()) =>
    organisation.execute(command, { idempotencyKey });
  const see = (userId: string, email: string, name: string | null = null) =>
    execute({ kind: "see-member", salt: "salt", userId, email, name });
  return { organisation, execute, see, close: () => catalogs.close(), folder };
}

test("who signs in is found by id and by address, whatever its case", async () => {
  const { organisation, see } = await openOrganisation();
  await see(person, "Anna.Berg@example.com", "Anna Berg");
  const found = await organisation.memberByEmail("anna.berg@EXAMPLE.com");
  expect(found).toMatchObject({ userId: person, email: "Anna.Berg@example.com", name: "Anna Berg" });
  expect(await organisation.member(person)).toEqual(found);
  expect(await organisation.member(otherPerson)).toBeUndefined();
});

test("signing in again with nothing new writes nothing; a new name is written", async () => {
  const { organisation, see } = await openOrganisation();
  const first = await see(person, "anna@example.com", "Anna");
  expect(await see(person, "anna@example.com", "Anna")).toEqual(first);
  await see(person, "anna@example.com", "Anna Berg");
  expect(await organisation.member(person)).toMatchObject({ name: "Anna Berg", email: "anna@example.com" });
});

test("an address that signs in as somebody else is that one's alone", async () => {
  const { organisation, see } = await openOrganisation();
  await see(person, "desk@example.com", "Anna");
  await see(otherPerson, "DESK@example.com", "Ben");
  expect(await organisation.memberByEmail("desk@example.com")).toMatchObject({ userId: otherPerson });
  expect(await organisation.member(person)).toMatchObject({ email: null, name: "Anna" });
});

test("two who sign in with one address at once leave it with one of them", async () => {
  const { organisation, see } = await openOrganisation();
  await Promise.all([see(person, "one@example.com"), see(otherPerson, "one@example.com")]);
  const members = await organisation.members({ limit: 10 });
  expect(members).toHaveLength(2);
  expect(members.filter(({ email }) => email === "one@example.com")).toHaveLength(1);
});

test("many who sign in with one address at once, at several instances, leave it with one of them, and all instances say with whom", async () => {
  const folder = scratchFolder();
  const instances = await Promise.all(
    ["one", "two", "three"].map((name) => openCatalog(folder, { cacheFolder: join(folder, name) })),
  );
  const ids = Array.from({ length: 12 }, (_, index) => `0193a5b8-0000-4000-8000-0000000003${10 + index}`);
  await Promise.all(
    ids.map(async (userId, index) => {
      const email = index % 2 === 0 ? "desk@example.com" : "Desk@Example.com";
      const command = { kind: "see-member", salt: "salt", userId, email, name: `Person ${index}` } as const;
      const instance = instances[index % instances.length] ?? instances[0];
      await instance?.organisation.execute(command, { idempotencyKey: newKey() });
    }),
  );
  const answers = await Promise.all(
    instances.map(async ({ organisation }) => {
      // Once its second is over, an instance has seen everything.
      await vi.waitFor(async () => expect(await organisation.members({ limit: 200 })).toHaveLength(12), 5000);
      const holders = (await organisation.members({ limit: 200 })).filter(({ email }) => email !== null);
      return [
        holders.map(({ userId }) => userId),
        (await organisation.memberByEmail("DESK@example.com"))?.userId,
      ];
    }),
  );
  const [holders, holder] = answers[0] ?? [];
  expect(holders).toEqual([holder]);
  for (const answer of answers) expect(answer).toEqual([[holder], holder]);
});

test("the directory comes in pages by id", async () => {
  const { organisation, see } = await openOrganisation();
  await see(otherPerson, "b@example.com");
  await see(person, "a@example.com");
  const [first] = await organisation.members({ limit: 1 });
  expect(first?.userId).toBe(person);
  const next = await organisation.members({ limit: 1, after: person });
  expect(next.map(({ userId }) => userId)).toEqual([otherPerson]);
  await expect(organisation.members({ limit: 0 })).rejects.toThrow(
    "'limit' must be a whole number from 1 to 200",
  );
});

test("a quota is granted to who is known, and taken back", async () => {
  const { organisation, execute, see } = await openOrganisation();
  const grant = (bytes: number | null) => execute({ kind: "set-quota", userId: person, bytes });
  await expect(grant(5)).rejects.toMatchObject({ code: "unknown-member", userId: person });
  await see(person, "a@example.com");
  await grant(5 * 2 ** 30);
  expect(await organisation.member(person)).toMatchObject({ storageQuota: 5 * 2 ** 30 });
  await grant(null);
  expect(await organisation.member(person)).toMatchObject({ storageQuota: null });
});

test("who leaves is not found any more, and who returns begins anew", async () => {
  const { organisation, execute, see } = await openOrganisation();
  await see(person, "a@example.com");
  await execute({ kind: "set-quota", userId: person, bytes: 1 });
  await execute({ kind: "close-member", userId: person });
  expect(await organisation.memberByEmail("a@example.com")).toBeUndefined();
  await see(otherPerson, "a@example.com");
  expect(await organisation.memberByEmail("a@example.com")).toMatchObject({
    userId: otherPerson,
    storageQuota: null,
  });
});

test("settings hold any value, flags are for everyone or for some", async () => {
  const { organisation, execute } = await openOrganisation();
  await execute({ kind: "set-setting", name: "welcome", value: ["Hello", 1, null] });
  await execute({ kind: "set-setting", name: "sharing", value: false });
  await execute({ kind: "set-setting", name: "sharing", value: true });
  expect(await organisation.settings()).toEqual({ sharing: true, welcome: ["Hello", 1, null] });
  const flag = { name: "timeline", isEnabled: false, userIds: [otherPerson, person, person] };
  await execute({ kind: "set-flag", flag });
  expect(await organisation.flags()).toEqual([{ ...flag, userIds: [person, otherPerson] }]);
  await execute({ kind: "remove-flag", name: "timeline" });
  expect(await organisation.flags()).toEqual([]);
});

test("statistics are one row a day, and the last word counts", async () => {
  const { organisation, execute } = await openOrganisation();
  const record = (day: string, photos: number) =>
    execute({ kind: "record-statistics", statistics: { day, people: 2, photos, bytes: photos * 1000 } });
  await record("2026-11-22", 10);
  await record("2026-11-23", 11);
  await record("2026-11-23", 12);
  const days = await organisation.statistics("2026-11-22", "2026-11-23");
  expect(days.map(({ day, photos }) => [day, photos])).toEqual([
    ["2026-11-22", 10],
    ["2026-11-23", 12],
  ]);
  expect(await organisation.statistics("2026-11-24", "2026-12-31")).toEqual([]);
});

test("a repeated command gives the first answer, another under its key is refused", async () => {
  const { execute } = await openOrganisation();
  const first = await execute({ kind: "set-setting", name: "a", value: 1 }, "the-key");
  expect(await execute({ kind: "set-setting", name: "a", value: 1 }, "the-key")).toEqual(first);
  await expect(execute({ kind: "set-setting", name: "a", value: 2 }, "the-key")).rejects.toMatchObject({
    code: "idempotency-key-reused",
  });
});

test("all of it is in the organisation's log, and a new process reads it from there", async () => {
  const { execute, see, close, folder } = await openOrganisation();
  await see(person, "a@example.com", "Anna");
  await execute({ kind: "set-setting", name: "sharing", value: true });
  await close();
  const log = join(folder, "records/catalog/organisation/log");
  const [first = ""] = readdirSync(log)
    .filter((name) => name.endsWith(".json"))
    .toSorted();
  expect(JSON.parse(readFileSync(join(log, first), "utf8"))).toMatchObject({
    seq: 1,
    commands: [{ effects: [{ kind: "member-joined", userId: person, email: "a@example.com" }], bytes: 0 }],
  });
  const { organisation } = await openOrganisation(folder);
  expect(await organisation.member(person)).toMatchObject({ name: "Anna" });
  expect(await organisation.settings()).toEqual({ sharing: true });
});

test("a snapshot of the organisation's that is no use is passed over, and told", async () => {
  const { see, close, folder } = await openOrganisation();
  await see(person, "anna@example.com", "Anna");
  await close();
  const store = new DiskObjectStore(join(folder, "records"));
  await withCopies(
    store,
    ({ kind }) => expect.fail(kind),
    (catalogOf) => catalogOf("organisation").keepUp(),
  );
  const snapshots = await Array.fromAsync(store.list("catalog/organisation/snapshots/"));
  expect(snapshots).toHaveLength(1);
  for (const { name } of snapshots) await store.put(name, Buffer.from("no view"));
  const notices: Notice[] = [];
  const reopened = await openCatalog(folder, { notify: (notice) => notices.push(notice) });
  expect(await reopened.organisation.member(person)).toMatchObject({ name: "Anna" });
  expect(notices).toMatchObject([{ kind: "snapshot-skipped", owner: "organisation", sequence: 1 }]);
});
