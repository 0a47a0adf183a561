import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { organisationModel } from "../../app/catalog/organisation/organisation-model.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { DuckDbEngine } from "../../app/catalog/duckdb/duckdb-engine.ts";
import { Database } from "../../app/catalog/duckdb/database.ts";
import { OpenPeople } from "../../app/catalog/open-people.ts";
import { realSurroundings } from "../../app/catalog/protocol/surroundings.ts";
import type { Row } from "../../app/catalog/protocol/tables.ts";
import type { ViewContents } from "../../app/catalog/protocol/view.ts";
import { copiedCatalog } from "../../app/cli/copied-catalog.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { newKey, openCatalog, person, scratchFolder } from "../catalog/fixtures.ts";
import { newPhoto } from "../catalog/photo-fixture.ts";

/** A person with two photos, an album, a share and a profile, and the organisation that knows the person. */
async function createGround() {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  const expiresDate = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
  const commands = [
    { kind: "see-sign-in", email: "a@example.com", name: "A" },
    { kind: "add-photo", photo: newPhoto("a", { private: false }) },
    { kind: "add-photo", photo: newPhoto("b") },
    { kind: "create-album", album: { id: "a1", title: "Summer", photoIds: ["b", "a"] } },
    { kind: "create-share", share: { id: "s1", title: "Ours", expiresDate, photoIds: ["a"] } },
    { kind: "trash-photo", photoId: "b" },
  ] as const;
  for (const command of commands) await catalog.execute(person, command, { idempotencyKey: newKey() });
  const see = {
    kind: "see-member",
    salt: "salt",
    userId: person,
    email: "a@example.com",
    name: "A",
  } as const;
  await catalog.organisation.execute(see, { idempotencyKey: newKey() });
  const database = await Database.open(join(folder, "other-cache"));
  onTestFinished(() => database.close());
  return { database, store: new DiskObjectStore(join(folder, "records")) };
}

/** Views whose contents are changed before they are compared. */
function altering(
  views: Parameters<typeof copiedCatalog>[3],
  alter: (tables: ViewContents["tables"]) => ViewContents["tables"],
): typeof views {
  return {
    of: (owner) => ({
      keepUp: (entries) => views.of(owner).keepUp(entries),
      read: (question) =>
        views.of(owner).read((view) =>
          question({
            async contents() {
              const { position, tables } = await view.contents();
              return { position, tables: alter(tables) };
            },
          }),
        ),
    }),
  };
}

async function openPerson() {
  const { store, database } = await createGround();
  const engine = new DuckDbEngine(database, personModel.tables);
  const people = new OpenPeople({
    store,
    engine,
    model: personModel,
    surroundings: realSurroundings,
    writer: "test",
  });
  onTestFinished(() => people.close());
  return { store, people };
}

test("a view that holds what its log says differs in nothing", async () => {
  const { store, people } = await openPerson();
  const { rows, differences } = await copiedCatalog(store, person, personModel, people).compare();
  expect(differences).toEqual([]);
  expect(rows).toMatchObject({ photos: 2, albums: 1, albumPhotos: 2, shares: 1, users: 1 });
});

const changed = (rows: readonly Row[], column: string): readonly Row[] =>
  rows.map((row, index) => (index === 0 ? { ...row, [column]: "another" } : row));

test.each([
  ["photos", "title"],
  ["albums", "title"],
  ["albumPhotos", "albumId"],
  ["shares", "title"],
  ["users", "email"],
])("a view whose table %s differs from the log in %s, or lacks a row, is found", async (table, column) => {
  const { store, people } = await openPerson();
  const compare = async (alter: (rows: readonly Row[]) => readonly Row[]) => {
    const views = altering(people, (tables) => {
      expect(Object.keys(tables[table]?.[0] ?? {})).toContain(column);
      return { ...tables, [table]: alter(tables[table] ?? []) };
    });
    return (await copiedCatalog(store, person, personModel, views).compare()).differences;
  };
  expect(await compare((rows) => changed(rows, column))).toEqual([
    expect.objectContaining({ table, different: 1 }),
  ]);
  const [lacking] = await compare((rows) => rows.slice(1));
  expect(lacking).toMatchObject({ table, different: 1 });
  expect((lacking?.rowsInLog ?? 0) - (lacking?.rowsInView ?? 0)).toBe(1);
});

test("the organisation's view is compared as well", async () => {
  const { store, database } = await createGround();
  const organisation = new OpenPeople({
    store,
    engine: new DuckDbEngine(database, organisationModel.tables),
    model: organisationModel,
    surroundings: realSurroundings,
    writer: "test",
  });
  onTestFinished(() => organisation.close());
  const compare = async (views: Parameters<typeof copiedCatalog>[3]) =>
    (await copiedCatalog(store, "organisation", organisationModel, views).compare()).differences;
  expect(await compare(organisation)).toEqual([]);
  const altered = altering(organisation, (tables) => ({
    ...tables,
    members: changed(tables["members"] ?? [], "name"),
  }));
  expect(await compare(altered)).toEqual([{ table: "members", rowsInView: 1, rowsInLog: 1, different: 1 }]);
});
