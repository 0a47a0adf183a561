import { expect, test } from "vitest";
import type { Command, NewPhoto } from "../../app/catalog/command.ts";
import type { NewUpload } from "../../app/catalog/upload.ts";
import { verifyCatalog } from "../../app/catalog/history/verify-catalog.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { add, newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

function openUpload(changes: Partial<NewUpload> = {}): Command {
  const upload = {
    id: "u1",
    filename: "u1.jpg",
    title: null,
    private: null,
    contentType: "image/jpeg",
    sizeBytes: 1000,
    sha256: "a".repeat(64),
    ...changes,
  };
  return { kind: "open-upload", upload };
}

function signIn(email: string, name: string | null): Command & { readonly kind: "see-sign-in" } {
  return { kind: "see-sign-in", email, name };
}

function addPhoto(changes: Partial<NewPhoto>): Command {
  return { kind: "add-photo", photo: newPhoto("p1", changes) };
}

test.each<[string, Command]>([
  ["a new photo's title that is too long", addPhoto({ title: "x".repeat(201) })],
  ["half of a character in a new photo's title", addPhoto({ title: "t\ud800" })],
  ["a new photo's description that is too long", addPhoto({ description: "x".repeat(5001) })],
  ["a new photo's tag that is too long", addPhoto({ tags: ["x".repeat(61)] })],
  ["too many tags of a new photo", addPhoto({ tags: Array.from({ length: 51 }, (_, index) => `t${index}`) })],
  ["a new photo's file name with a folder", addPhoto({ filename: "../a.jpg" })],
  ["a new photo without a file name", addPhoto({ filename: "" })],
  ["a new photo's file name that is too long", addPhoto({ filename: "x".repeat(256) })],
  ["a control character in a new photo's file name", addPhoto({ filename: "\u001b[31m.jpg" })],
  ["a camera's name that is too long", addPhoto({ camera: "x".repeat(501) })],
  ["an upload's title that is too long", openUpload({ title: "x".repeat(201) })],
  ["half of a character in an upload's title", openUpload({ title: "t\ud800" })],
  ["half of a character in an upload's file name", openUpload({ filename: "\udfff.jpg" })],
  ["an upload's type that is none", openUpload({ contentType: "image/\u001bjpeg" })],
  ["an upload's id that is a path", openUpload({ id: "a/b" })],
  ["half of a character in an address", signIn("a\ud800@example.com", null)],
  ["an address that is none", signIn("", null)],
  ["an address that is too long", signIn(`${"x".repeat(310)}@example.com`, null)],
  ["a person's name that is too long", signIn("a@example.com", "x".repeat(201))],
])("%s is refused, and nothing is written", async (_what, command) => {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records });
  await expect(catalog.execute(person, command, { idempotencyKey: newKey() })).rejects.toMatchObject({
    code: "invalid-command",
  });
  expect(records.names()).toEqual([]);
});

test("what is written about a new photo is recorded as an edit would", async () => {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records });
  const { photo } = await add(catalog, "p1", {
    title: " \u001b[31mRed\u001b]0;owned\u0007 ",
    description: "one\r\ntwo\u0000",
    tags: ["sea", " sea", "", "se\u0301a"],
    // A name is data: as it was given, letter by letter.
    filename: "Cafe\u0301 .jpg",
    camera: " Canon\tEOS ",
    lens: " ",
  });
  expect(photo).toMatchObject({
    title: "[31mRed ]0;owned",
    description: "one\ntwo",
    tags: ["sea", "séa"],
    filename: "Cafe\u0301 .jpg",
    camera: "Canon EOS",
    lens: null,
  });
  const { upload } = await catalog.execute(person, openUpload({ title: " a\u0007b " }), {
    idempotencyKey: newKey(),
  });
  expect(upload?.title).toBe("a b");
  expect(await catalog.photo(person, "p1")).toEqual(photo);
  expect((await verifyCatalog(records, person)).damage).toEqual([]);
});

test("the directory takes the same addresses and names as a person's own catalog", async () => {
  const catalog = await openCatalog(scratchFolder());
  const see = async (email: string, name: string | null) => {
    const member = { kind: "see-member", salt: "salt", userId: person, email, name } as const;
    await catalog.organisation.execute(member, { idempotencyKey: newKey() });
    await catalog.execute(person, signIn(email, name), { idempotencyKey: newKey() });
  };
  await expect(see("a\u0000@example.com", null)).rejects.toMatchObject({ code: "invalid-command" });
  await expect(see("a@example.com", "half \ud83d")).rejects.toMatchObject({ code: "invalid-command" });
  expect(await catalog.organisation.members({ limit: 10 })).toEqual([]);
  await see("Åsa@example.com", " Åsa\tBerg ");
  const known = { email: "Åsa@example.com", name: "Åsa Berg" };
  expect(await catalog.organisation.member(person)).toMatchObject(known);
  expect(await catalog.profile(person)).toMatchObject(known);
});
