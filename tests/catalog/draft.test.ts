import { expect, test } from "vitest";
import { personModel } from "../../app/catalog/person/person-model.ts";
import type { PersonTables } from "../../app/catalog/person/tables.ts";
import { Changes } from "../../app/catalog/protocol/changes.ts";
import { Draft } from "../../app/catalog/protocol/draft.ts";
import { MemoryView } from "../simulation/memory-view.ts";

const member = (albumId: string) => ({ id: `${albumId}/p`, albumId, photoId: "p", position: 1 });

test("rows are found in the order of their keys, however the view came by them", async () => {
  for (const order of [["a", "c", "d"], ["d", "c", "a"], ["c"]]) {
    const view = new MemoryView(personModel.tables);
    const there = new Changes(personModel.tables);
    for (const albumId of order) there.put("albumPhotos", member(albumId));
    view.lay(there);
    const draft = new Draft<PersonTables>(view, personModel.tables);
    for (const albumId of ["d", "b", "a"]) draft.changes.put("albumPhotos", member(albumId));
    const found = await draft.find("albumPhotos", "photoId", "p");
    expect(found.map(({ albumId }) => albumId)).toEqual(["a", "b", "c", "d"]);
  }
});

function upload(id: string, day: string) {
  return {
    id,
    filename: "a.jpg",
    title: null,
    private: null,
    contentType: "image/jpeg",
    sizeBytes: 1,
    sha256: id,
    createdDate: "2026-11-20T08:00:00.000Z",
    expiresDate: `2026-11-${day}T08:00:00.000Z`,
    state: "open",
    photoId: null,
  };
}

test("what an earlier command of the entry lets expire is not there for the next one", async () => {
  const view = new MemoryView(personModel.tables);
  const there = new Changes(personModel.tables);
  for (const [id, day] of [
    ["early", "21"],
    ["late", "23"],
  ] as const)
    there.put("uploads", upload(id, day));
  view.lay(there);
  const draft = new Draft<PersonTables>(view, personModel.tables);
  expect(await draft.find("uploads", "state", "open")).toHaveLength(2);
  draft.changes.expire("uploads", "expiresDate", "2026-11-22T08:00:00.000Z");
  draft.changes.put("uploads", upload("new", "24"));
  expect(await draft.get("uploads", "early")).toBeUndefined();
  const open = await draft.find("uploads", "state", "open");
  expect(open.map(({ id }) => id)).toEqual(["late", "new"]);
});
