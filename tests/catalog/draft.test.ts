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
