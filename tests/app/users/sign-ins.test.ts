import { beforeEach, expect, test } from "vitest";
import type { Command } from "../../../app/catalog/command.ts";
import type { Profile } from "../../../app/catalog/profile.ts";
import type { OrganisationCommand } from "../../../app/catalog/organisation-catalog.ts";
import { AccountClosedError } from "../../../app/catalog/person/errors.ts";
import type { Identity } from "../../../app/identity/identity.ts";
import { createSignIns } from "../../../app/users/sign-ins.ts";
import type { SignIns } from "../../../app/users/sign-ins.ts";

const alice: Identity = {
  subject: "s1",
  userId: "u1",
  email: "alice@example.com",
  name: null,
  isAdministrator: false,
};

let profile: Profile | undefined;
let commands: Command[];
let entered: OrganisationCommand[];
let isClosed: boolean;
let reads: number;
let now: Date;
let isDown: boolean;
let notRecorded: unknown[];
let signIns: SignIns;

const start = () =>
  createSignIns({
    catalog: {
      async profile() {
        reads += 1;
        return profile;
      },
      async execute(userId, command) {
        if (isDown) throw new Error("store is down");
        if (isClosed) throw new AccountClosedError(userId);
        commands.push(command);
        if (command.kind === "see-sign-in") {
          profile = {
            id: userId,
            email: command.email,
            name: command.name,
            avatarUrl: null,
            createdDate: profile?.createdDate ?? now.toISOString(),
            lastLogin: now.toISOString(),
            settings: { privateByDefault: true },
            storageQuota: 1024 ** 3,
            storageUsed: 0,
          };
        }
        return {
          token: "u1-1",
          sequence: 1,
          photo: undefined,
          upload: undefined,
          album: undefined,
          share: undefined,
        };
      },
    },
    organisation: {
      async execute(command) {
        if (isDown) throw new Error("store is down");
        entered.push(command);
        return { sequence: 1 };
      },
    },
    onNotRecorded: (error) => notRecorded.push(error),
    now: () => now,
  });

beforeEach(() => {
  profile = undefined;
  commands = [];
  entered = [];
  isClosed = false;
  reads = 0;
  now = new Date("2026-11-23T08:00:00Z");
  isDown = false;
  notRecorded = [];
  signIns = start();
});

test("the first request makes the profile, the next ones neither read nor write", async () => {
  await signIns.see(alice);
  await signIns.see(alice);
  expect(commands).toEqual([{ kind: "see-sign-in", email: "alice@example.com", name: null }]);
  expect(reads).toBe(1);
});

test("a page's many first requests make one entry", async () => {
  await Promise.all(Array.from({ length: 20 }, () => signIns.see(alice)));
  expect(commands).toHaveLength(1);
});

test("another process of the same day writes nothing", async () => {
  await signIns.see(alice);
  await start().see(alice);
  expect(commands).toHaveLength(1);
});

test("another day is recorded, once", async () => {
  await signIns.see(alice);
  now = new Date("2026-11-23T23:59:59Z");
  await signIns.see(alice);
  expect(commands).toHaveLength(1);
  now = new Date("2026-11-24T00:00:01Z");
  await signIns.see(alice);
  await signIns.see(alice);
  expect(commands).toHaveLength(2);
});

test("a changed e-mail or name is recorded at once, and back again", async () => {
  await signIns.see(alice);
  await signIns.see({ ...alice, email: "alice@new.example" });
  await signIns.see({ ...alice, email: "alice@new.example", name: "Alice" });
  await signIns.see(alice);
  expect(commands.map((command) => command.kind === "see-sign-in" && [command.email, command.name])).toEqual([
    ["alice@example.com", null],
    ["alice@new.example", null],
    ["alice@new.example", "Alice"],
    ["alice@example.com", "Alice"],
  ]);
});

test("who has no profile is not let in without one, and is as soon as it can be made", async () => {
  isDown = true;
  await expect(signIns.see(alice)).rejects.toThrow("store is down");
  isDown = false;
  await signIns.see(alice);
  expect(profile?.email).toBe("alice@example.com");
});

test("who has a profile is let in though the day cannot be recorded, which is tried again in a minute", async () => {
  await signIns.see(alice);
  now = new Date("2026-11-24T08:00:00Z");
  isDown = true;
  await signIns.see(alice);
  await signIns.see(alice);
  expect(notRecorded).toHaveLength(1);
  isDown = false;
  await signIns.see(alice);
  expect(commands).toHaveLength(1);
  now = new Date("2026-11-24T08:01:00Z");
  await signIns.see(alice);
  expect(commands).toHaveLength(2);
});

test("whoever is seen stands in the directory, with the name that was known before", async () => {
  const inDirectory = { kind: "see-member", salt: expect.any(String) as unknown, userId: "u1" };
  await signIns.see({ ...alice, name: "Alice" });
  await signIns.see({ ...alice, email: "alice@new.example" });
  expect(entered).toEqual([
    { ...inDirectory, email: "alice@example.com", name: "Alice" },
    { ...inDirectory, email: "alice@new.example", name: "Alice" },
  ]);
  // What stays of the command in the log is of no use to who guesses the address.
  const salts = new Set(entered.map((command) => "salt" in command && command.salt));
  expect(salts.size).toBe(2);
});

test("a name that an earlier release kept longer than names are is shortened, and whoever has it is recorded", async () => {
  await signIns.see({ ...alice, name: "Alice" });
  if (profile !== undefined) profile = { ...profile, name: "x".repeat(300) };
  now = new Date("2026-11-24T08:00:00Z");
  await signIns.see(alice);
  const name = `${"x".repeat(199)}…`;
  expect(commands.at(-1)).toEqual({ kind: "see-sign-in", email: "alice@example.com", name });
  expect(entered.at(-1)).toMatchObject({ kind: "see-member", name });
});

test("whose account is closed is told so, also with a profile, and is read again once forgotten", async () => {
  await signIns.see(alice);
  now = new Date("2026-11-24T08:00:00Z");
  isClosed = true;
  await expect(signIns.see(alice)).rejects.toThrow(AccountClosedError);
  expect(notRecorded).toEqual([]);
  isClosed = false;
  await signIns.see(alice);
  expect(reads).toBe(3);
  signIns.forget("u1");
  await signIns.see(alice);
  expect(reads).toBe(4);
});
