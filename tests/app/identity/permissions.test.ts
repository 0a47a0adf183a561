import { expect, test } from "vitest";
import { mayDo } from "../../../app/identity/permissions.ts";
import type { Permission } from "../../../app/identity/permissions.ts";

const owner = { userId: "u1", isAdministrator: false };
const colleague = { userId: "u2", isAdministrator: false };
const administrator = { userId: "u3", isAdministrator: true };

/** Owner, colleague of a private photo, of one that is not, administrator of a private photo. */
const expected: Record<Permission, readonly [boolean, boolean, boolean, boolean]> = {
  picture: [true, false, true, false],
  original: [true, false, false, false],
  usage: [true, false, false, true],
  change: [true, false, false, false],
  allowance: [false, false, false, true],
};

test.each(Object.entries(expected))("%s", (permission, [own, hidden, shown, administrated]) => {
  const may = (who: typeof owner, isPrivate: boolean) =>
    mayDo(permission as Permission, who, { userId: "u1", private: isPrivate });
  expect([may(owner, true), may(colleague, true), may(colleague, false), may(administrator, true)]).toEqual([
    own,
    hidden,
    shown,
    administrated,
  ]);
  expect(may(owner, false)).toBe(own);
});

test("an administrator is a colleague like any other of a photo that is not private", () => {
  expect(mayDo("picture", administrator, { userId: "u1", private: false })).toBe(true);
  expect(mayDo("original", administrator, { userId: "u1", private: false })).toBe(false);
});

test("what does not say that it may be seen is private", () => {
  expect(mayDo("picture", colleague, { userId: "u1" })).toBe(false);
});
