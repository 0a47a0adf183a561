import type { EveryPhotoQuery, PhotoPage, PhotoQuery } from "../questions.ts";
import type { Profile } from "../profile.ts";
import type { Cursor } from "../cursor.ts";
import type { DuckDbView } from "../duckdb/duckdb-view.ts";
import type { Photo } from "../photo.ts";
import type { Upload } from "../upload.ts";
import { cursorAfter, limitOf, listOf, startOf } from "./page.ts";
import { photoConditions } from "./photo-conditions.ts";
import { profileFrom } from "./settings.ts";
import { shownAt } from "./shown-at.ts";
import { type PersonTables, photoColumns, photoFrom, photoOfWhole, uploadFrom } from "./tables.ts";

type PersonView = DuckDbView<PersonTables>;

export async function photoWith(view: PersonView, id: string): Promise<Photo | undefined> {
  const row = await view.row("photos", id);
  return row && photoOfWhole(row);
}

/** What is being deleted for good is found by its id only, for whoever deletes it. */
export async function photoOfContent(view: PersonView, sha256: string): Promise<Photo | undefined> {
  const rows = await view.rowsWith("photos", "sha256", sha256);
  const [first] = rows.filter(({ state }) => state !== "purging").toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return first && photoOfWhole(first);
}

export async function profileOf(view: PersonView, userId: string): Promise<Profile | undefined> {
  const user = await view.row("users", userId);
  return user && profileFrom(user);
}

export async function isClosed(view: PersonView, userId: string): Promise<boolean> {
  const user = await view.row("users", userId);
  return user !== undefined && user.closedAt !== null;
}

/**
 * Checks the query, and only then asks.
 *
 * @throws InvalidCursorError, InvalidFilterError, RangeError
 */
export function photoPage(query: PhotoQuery): (view: PersonView) => Promise<PhotoPage> {
  const limit = limitOf(query);
  const { limit: _, cursor: __, after: ___, ...filter } = query;
  const list = listOf("photos", filter);
  const start = startOf(list, query);
  const conditions = photoConditions(filter);
  if (start !== undefined) conditions.beginAfter(start);
  return async (view) => {
    const newest = "ORDER BY shown_at DESC, id DESC";
    const chosen = `WHERE ${conditions.sql(view.name)} ${newest} LIMIT ${limit + 1}`;
    const rest = conditions.spansColumns
      ? `WHERE rowid IN (SELECT rowid FROM ${view.name}.photos ${chosen}) ${newest}`
      : chosen;
    const photos = (await view.select("photos", photoColumns, rest, conditions.values)).map(photoFrom);
    return { photos: photos.slice(0, limit), nextCursor: cursorAfter(list, photos, limit, place) };
  };
}

/** @throws RangeError */
export function everyPhoto(query: EveryPhotoQuery): (view: PersonView) => Promise<Photo[]> {
  const { after = "" } = query;
  const limit = limitOf(query, { default: 1000, most: 1000 });
  return async (view) =>
    (await view.select("photos", photoColumns, `WHERE id > $1 ORDER BY id LIMIT ${limit}`, [after])).map(
      photoFrom,
    );
}

export async function uploadOf(view: PersonView, uploadId: string): Promise<Upload | undefined> {
  const [row] = await view.rows("uploads", "WHERE id = $1", [uploadId]);
  return row && uploadFrom(row);
}

function place(photo: Photo): Cursor {
  return { sortedBy: shownAt(photo), id: photo.id };
}
