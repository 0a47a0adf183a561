import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Catalogs, createCatalog } from "../../../app/catalog/create-catalog.ts";
import type { Identity } from "../../../app/identity/identity.ts";
import { createPeople } from "../../../app/identity/people.ts";
import { realSurroundings } from "../../../app/catalog/protocol/surroundings.ts";
import { DiskObjectStore } from "../../../app/storage/disk-object-store.ts";
import { createAccounts } from "../../../app/users/accounts.ts";
import { createSignIns } from "../../../app/users/sign-ins.ts";

const identityKey = "an identity key of at least 32 characters";
const subject = "accounts.google.com:1000";

function onNotRecorded(error: unknown): never {
  throw error;
}

/** Instances of the service over one disk store, gone with the test. */
function createGround() {
  const folder = mkdtempSync(join(tmpdir(), "imgstream-accounts-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const records = new DiskObjectStore(join(folder, "records"));
  let count = 0;
  let skipped = 0;
  const surroundings = { ...realSurroundings, elapsed: () => performance.now() + skipped };
  return {
    records,
    /** What an instance knows may be a second old; after this it is not. */
    letASecondPass() {
      skipped += 1001;
    },
    async instance() {
      const catalog = await createCatalog({
        records,
        cacheFolder: join(folder, `cache-${++count}`),
        surroundings,
      });
      onTestFinished(() => catalog.close());
      const { organisation } = catalog;
      const people = createPeople({ records, identityKey });
      const accounts = createAccounts({ catalog, organisation, people });
      const identify = async (): Promise<Identity> => {
        const userId = await people.userIdOf(subject);
        return { subject, userId, email: "anna@example.com", name: null, isAdministrator: false };
      };
      return {
        catalog,
        people,
        accounts,
        identify,
        /** As the server does: whoever carries a closed account's id goes on as someone new. */
        async signIn(slow: Partial<Pick<Catalogs, "profile">> = {}, from?: Identity): Promise<Identity> {
          const signIns = createSignIns({ catalog: { ...catalog, ...slow }, organisation, onNotRecorded });
          let person = from ?? (await identify());
          try {
            await signIns.see(person);
          } catch (error) {
            expect(error).toMatchObject({ code: "account-closed" });
            person = await accounts.beginAnew(person);
            await signIns.see(person, { isAnew: true });
          }
          return person;
        },
      };
    },
  };
}

test("who signs in after closing is someone new, on every instance, and the directory has only that one", async () => {
  const ground = createGround();
  const first = await ground.instance();
  const second = await ground.instance();
  const before = await first.signIn();
  expect(await second.signIn()).toEqual(before);
  await first.accounts.close(before);
  ground.letASecondPass();

  const after = await first.signIn();
  expect(after.userId).not.toBe(before.userId);
  expect((await second.signIn()).userId).toBe(after.userId);
  expect(await second.catalog.isClosed(before.userId)).toBe(true);
  const members = await second.catalog.organisation.members({ limit: 10 });
  expect(members.map(({ userId }) => userId)).toEqual([after.userId]);
  expect(await first.catalog.profile(after.userId)).toMatchObject({ storageUsed: 0 });
});

test("a process that stops after the final entry leaves what the next sign-in makes up for", async () => {
  const ground = createGround();
  const first = await ground.instance();
  const before = await first.signIn();
  const stopped = createAccounts({
    catalog: first.catalog,
    organisation: { execute: () => Promise.reject(new Error("the process stopped")) },
    people: first.people,
  });
  await expect(stopped.close(before)).rejects.toThrow("the process stopped");
  expect((await first.catalog.organisation.members({ limit: 10 })).length).toBe(1);

  const later = await ground.instance();
  expect((await later.identify()).userId).toBe(before.userId);
  const after = await later.signIn();
  expect(after.userId).not.toBe(before.userId);
  const members = await later.catalog.organisation.members({ limit: 10 });
  expect(members.map(({ userId }) => userId)).toEqual([after.userId]);
});

test("closing again finishes what was stopped, and what is finished stays", async () => {
  const ground = createGround();
  const first = await ground.instance();
  const before = await first.signIn();
  await first.catalog.execute(before.userId, { kind: "close-account" }, { idempotencyKey: "elsewhere" });
  await first.accounts.close(before);
  const { userId } = await first.signIn();
  expect(userId).not.toBe(before.userId);
  await first.accounts.close(before);
  expect((await (await ground.instance()).signIn()).userId).toBe(userId);
});

test("two instances that close at once while others sign in end with one new person", async () => {
  const ground = createGround();
  const instances = await Promise.all([ground.instance(), ground.instance(), ground.instance()]);
  const [first, second, third] = instances;
  const before = await first.signIn();
  await Promise.all([
    first.accounts.close(before),
    second.accounts.close(before),
    ...instances.map((instance) => instance.signIn()),
    third.accounts.beginAnew(before).catch(() => undefined),
  ]);
  ground.letASecondPass();
  for (const instance of instances) instance.people.forget(subject);
  const ids = await Promise.all(instances.map(async (instance) => (await instance.signIn()).userId));
  expect(new Set(ids).size).toBe(1);
  expect(ids).not.toContain(before.userId);
  await expect(first.catalog.photos(before.userId, {})).rejects.toMatchObject({ code: "account-closed" });
  expect(await Array.fromAsync(ground.records.list("identities/"))).toHaveLength(1);
});

test("no key that was used before keeps anybody from closing their account", async () => {
  const ground = createGround();
  const instance = await ground.instance();
  const person = await instance.signIn();
  const { accounts, catalog } = instance;
  const { userId } = person;
  // One that a client may send, and may guess.
  const command = { kind: "change-settings", settings: { privateByDefault: false } } as const;
  await catalog.execute(userId, command, { idempotencyKey: `close-${userId}` });
  await accounts.close(person);
  expect(await catalog.isClosed(userId)).toBe(true);
});

test("a sign-in that began before an account's closing takes no address from who came after it", async () => {
  const ground = createGround();
  const [first, second] = [await ground.instance(), await ground.instance()];
  const before = await first.signIn();
  const profile = await first.catalog.profile(before.userId);
  expect(profile).toBeDefined();
  await first.accounts.close(before);
  const after = await first.signIn();

  // It read the profile before the closing, on another day.
  const lastLogin = "2026-01-01T08:00:00.000Z";
  const slow = {
    profile: async (userId: string) => {
      if (userId === before.userId && profile) return { ...profile, lastLogin };
      return await second.catalog.profile(userId);
    },
  };
  expect((await second.signIn(slow, before)).userId).toBe(after.userId);
  expect(await second.catalog.organisation.members({ limit: 10 })).toMatchObject([
    { userId: after.userId, email: after.email },
  ]);
});
