import type { ShownAlbum } from "../album.ts";
import { decodeNumberCursor, decodeTimeCursor } from "../cursor.ts";
import type { DuckDbView } from "../duckdb/duckdb-view.ts";
import type { Photo } from "../photo.ts";
import type { AlbumPage, PageQuery, PhotoPage } from "../questions.ts";
import { cursorAfter, limitOf } from "./page.ts";
import { type AlbumRow, type PersonTables, albumFrom, photoColumns, photoFrom } from "./tables.ts";

type PersonView = DuckDbView<PersonTables>;

/** Checks the query, and only then asks. @throws InvalidCursorError, RangeError */
export function albumPage(query: PageQuery): (view: PersonView) => Promise<AlbumPage> {
  const limit = limitOf(query);
  const list = "albums";
  const cursor = query.cursor === undefined ? undefined : decodeTimeCursor(list, query.cursor);
  const values = cursor === undefined ? [] : [cursor.sortedBy.replace("Z", ""), cursor.id];
  const where = cursor === undefined ? "" : "WHERE (updated_date, id) < ($1::TIMESTAMP, $2)";
  return async (view) => {
    const rest = `${where} ORDER BY updated_date DESC, id DESC LIMIT ${limit + 1}`;
    const rows = await view.rows("albums", rest, values);
    return {
      albums: await shown(view, rows.slice(0, limit)),
      nextCursor: cursorAfter(list, rows, limit, ({ updatedDate, id }) => ({ sortedBy: updatedDate, id })),
    };
  };
}

export async function albumOf(view: PersonView, albumId: string): Promise<ShownAlbum | undefined> {
  const [album] = await shown(view, await view.rows("albums", "WHERE id = $1", [albumId]));
  return album;
}

async function shown(view: PersonView, albums: readonly AlbumRow[]): Promise<readonly ShownAlbum[]> {
  if (albums.length === 0) return [];
  const ids = albums.map((_, index) => `$${index + 1}`).join(", ");
  const rows = await view.query(
    `SELECT m.album_id, count(*)::INTEGER, arg_min(m.photo_id, (m.position, m.photo_id)),
            bool_or(m.photo_id = a.cover_photo_id)
       FROM ${view.name}.albumPhotos m
       JOIN ${view.name}.albums a ON a.id = m.album_id
       JOIN ${view.name}.photos p ON p.id = m.photo_id
      WHERE p.deleted_at IS NULL AND m.album_id IN (${ids})
      GROUP BY m.album_id`,
    albums.map(({ id }) => id),
  );
  const found = new Map(rows.map(([id, count, first, isCoverShown]) => [id, { count, first, isCoverShown }]));
  return albums.map((row) => {
    const { count = 0, first = null, isCoverShown = false } = found.get(row.id) ?? {};
    const firstId = first === null ? null : String(first);
    const shownCoverId = isCoverShown === true ? row.coverPhotoId : firstId;
    return { ...albumFrom(row), shownCount: Number(count), shownCoverId };
  });
}

/** Checks the query, and only then asks. @throws InvalidCursorError, RangeError */
export function albumPhotoPage(albumId: string, query: PageQuery): (view: PersonView) => Promise<PhotoPage> {
  const limit = limitOf(query);
  const list = `photos of album ${albumId}`;
  const cursor = query.cursor === undefined ? undefined : decodeNumberCursor(list, query.cursor);
  const values = cursor === undefined ? [albumId] : [albumId, cursor.sortedBy, cursor.id];
  const further = cursor === undefined ? "" : "AND (m.position, m.photo_id) > ($2::DOUBLE, $3)";
  return async (view) => {
    const rows = await view.query(
      `SELECT m.photo_id, m.position
         FROM ${view.name}.albumPhotos m JOIN ${view.name}.photos p ON p.id = m.photo_id
        WHERE m.album_id = $1 AND p.deleted_at IS NULL ${further}
        ORDER BY m.position, m.photo_id LIMIT ${limit + 1}`,
      values,
    );
    const places = rows.map(([id, position]) => ({ id: String(id), sortedBy: String(position) }));
    const photos = await photosInOrder(
      view,
      places.slice(0, limit).map(({ id }) => id),
    );
    return { photos, nextCursor: cursorAfter(list, places, limit, (place) => place) };
  };
}

async function photosInOrder(view: PersonView, ids: readonly string[]): Promise<readonly Photo[]> {
  if (ids.length === 0) return [];
  const named = ids.map((_, index) => `$${index + 1}`).join(", ");
  const rows = await view.select("photos", photoColumns, `WHERE id IN (${named})`, ids);
  const byId = new Map(rows.map((row) => [row.id, photoFrom(row)]));
  return ids.map((id) => byId.get(id)).filter((photo) => photo !== undefined);
}
