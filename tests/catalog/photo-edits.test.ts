import { expect, test } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { PhotoEdit } from "../../app/catalog/command.ts";
import { add, newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";

function edit(catalog: Catalog, change: PhotoEdit, expectedVersion?: number, idempotencyKey = newKey()) {
  const versions = expectedVersion === undefined ? {} : { expectedVersion };
  return catalog.execute(
    person,
    { kind: "edit-photo", photoId: "p1", edit: change, ...versions },
    { idempotencyKey },
  );
}

test("an edit changes what it names and nothing else, and survives a restart", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  const { photo: before } = await add(catalog, "p1", { title: "Old", description: "Kept" });
  const change = { title: "Sea", tags: ["Beach", "2026"], private: false, favorite: true };
  const { photo } = await edit(catalog, change, 1);
  expect(photo).toEqual({ ...before, ...change, version: 2, updatedDate: photo?.updatedDate });
  await catalog.close();
  expect(await (await openCatalog(folder)).photo(person, "p1")).toEqual(photo);
});

test("text is trimmed, empty text is none, a tag counts once", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "p1", { title: "Old" });
  const { photo } = await edit(catalog, {
    title: " \t ",
    description: " one\r\ntwo\u0000 ",
    tags: [" sea", "sea", "", "se\u0301a", "séa"],
  });
  expect(photo).toMatchObject({ title: null, description: "one\ntwo", tags: ["sea", "séa"] });
});

test.each<[string, PhotoEdit]>([
  ["a title that is too long", { title: "x".repeat(201) }],
  ["a description that is too long", { description: "x".repeat(5001) }],
  ["a tag that is too long", { tags: ["x".repeat(61)] }],
  ["too many tags", { tags: Array.from({ length: 51 }, (_, index) => `tag ${index}`) }],
  ["half of a character", { title: "\ud83d" }],
])("%s is refused and nothing is changed", async (_what, change) => {
  const catalog = await openCatalog(scratchFolder());
  const { photo } = await add(catalog, "p1");
  await expect(edit(catalog, change)).rejects.toMatchObject({ code: "invalid-command" });
  expect(await catalog.photo(person, "p1")).toEqual(photo);
});

test("an edit of another version than the photo has is refused and says which it has", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "p1");
  await edit(catalog, { title: "First" }, 1);
  await expect(edit(catalog, { title: "Second" }, 1)).rejects.toMatchObject({
    code: "photo-changed",
    expectedVersion: 1,
    version: 2,
  });
  expect(await catalog.photo(person, "p1")).toMatchObject({ title: "First", version: 2 });
});

test("of ten edits of one version at once one is made, also within one entry and over two instances", async () => {
  const folder = scratchFolder();
  const first = await openCatalog(folder);
  const second = await openCatalog(folder, { cacheFolder: `${folder}/second-cache` });
  await add(first, "p1");
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, (_, index) => edit(index % 2 ? first : second, { title: `${index}` }, 1)),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const outcome of outcomes.filter(({ status }) => status === "rejected")) {
    expect(outcome).toMatchObject({ reason: { code: "photo-changed", version: 2 } });
  }
});

test("repeating an edit with its key gives the first answer, though its version is stale by then", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "p1");
  const first = await edit(catalog, { title: "Sea" }, 1, "the key");
  expect(await edit(catalog, { title: "Sea" }, 1, "the key")).toEqual(first);
});

test("what is as wanted already writes nothing and keeps its version", async () => {
  const catalog = await openCatalog(scratchFolder());
  const { sequence } = await add(catalog, "p1", { title: "Sea", tags: ["a"] });
  const receipt = await edit(catalog, { title: "Sea ", tags: ["a"], favorite: false }, 1);
  expect(receipt).toMatchObject({ sequence, photo: { version: 1 } });
});

test("a favourite needs no version, and is one until it is not", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "p1");
  const mark = (favorite: boolean) =>
    catalog.execute(
      person,
      { kind: "favorite-photo", photoId: "p1", favorite },
      { idempotencyKey: newKey() },
    );
  expect((await mark(true)).photo).toMatchObject({ favorite: true, version: 2 });
  expect((await mark(true)).photo).toMatchObject({ favorite: true, version: 2 });
  expect((await mark(false)).photo).toMatchObject({ favorite: false, version: 3 });
});

test("tags are put on and taken off beside the others, by any number of people at once", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "p1", { tags: ["sea", "old"] });
  const tag = (change: { readonly add?: readonly string[]; readonly remove?: readonly string[] }) =>
    catalog.execute(person, { kind: "tag-photo", photoId: "p1", ...change }, { idempotencyKey: newKey() });
  await Promise.all([
    tag({ add: [" beach ", "sea"] }),
    tag({ remove: ["old "] }),
    tag({ add: ["2026"], remove: ["none"] }),
  ]);
  expect((await catalog.photo(person, "p1"))?.tags.toSorted()).toEqual(["2026", "beach", "sea"]);
  const { sequence, photo } = await tag({ add: ["sea"], remove: ["old"] });
  expect(await tag({})).toMatchObject({ sequence, photo: { version: photo?.version } });
  const many = Array.from({ length: 48 }, (_, index) => `tag ${index}`);
  await expect(tag({ add: many })).rejects.toMatchObject({ code: "invalid-command" });
  await expect(tag({ add: ["x".repeat(61)] })).rejects.toMatchObject({ code: "invalid-command" });
});

test("what is not there, or is being deleted for good, cannot be edited", async () => {
  const catalog = await openCatalog(scratchFolder());
  await expect(edit(catalog, { title: "x" })).rejects.toMatchObject({ code: "photo-not-found" });
  await add(catalog, "p1");
  for (const kind of ["trash-photo", "purge-photo"] as const) {
    await catalog.execute(person, { kind, photoId: "p1" }, { idempotencyKey: newKey() });
  }
  await expect(edit(catalog, { title: "x" })).rejects.toMatchObject({ code: "photo-not-found" });
});
