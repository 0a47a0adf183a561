import { expect, test } from "vitest";
import { albumLimits } from "../../app/catalog/album.ts";
import { AlbumFullError } from "../../app/catalog/person/album-errors.ts";
import { personTables } from "../../app/catalog/person/tables.ts";
import { undoAlbums } from "../../app/catalog/person/undo-albums.ts";
import { Changes } from "../../app/catalog/protocol/changes.ts";
import { Draft } from "../../app/catalog/protocol/draft.ts";
import type { TouchedRow } from "../../app/catalog/touched-row.ts";
import { MemoryView } from "../simulation/memory-view.ts";
import { person } from "./fixtures.ts";

const place = (photoId: string) => ({ id: `a/${photoId}`, albumId: "a", photoId, position: 1 });

test("an album too full for what an undo brings back is told with the photos that stay in it", async () => {
  const at = "2026-11-23T08:30:00.000Z";
  const there = new Changes(personTables);
  there.put("albums", {
    id: "a",
    userId: person,
    title: "A",
    description: null,
    coverPhotoId: null,
    sharedWith: [],
    createdDate: at,
    updatedDate: at,
    version: 1,
    photoCount: albumLimits.photos,
    lastPosition: 1,
  });
  there.put("albumPhotos", place("came"));
  for (const id of ["went", "left"]) there.put("photos", { id, state: "ready" });
  const view = new MemoryView(personTables);
  await view.apply(there, { sequence: 1, at: Date.parse(at) });
  const touched: TouchedRow[] = [
    { table: "albumPhotos", key: "a/came", before: null, after: place("came") },
    { table: "albumPhotos", key: "a/went", before: place("went"), after: null },
    { table: "albumPhotos", key: "a/left", before: place("left"), after: null },
  ];
  const undo = (rows: TouchedRow[]) =>
    undoAlbums({ kind: "undo-entry", sequence: 1, touched: rows }, new Draft(view, personTables), person);
  await expect(undo(touched.slice(0, 2))).resolves.toHaveLength(3);
  await expect(undo(touched)).rejects.toEqual(
    new AlbumFullError("a", albumLimits.photos - 1, 2, albumLimits.photos),
  );
});
