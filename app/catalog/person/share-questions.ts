import { decodeTimeCursor } from "../cursor.ts";
import type { DuckDbView } from "../duckdb/duckdb-view.ts";
import type { PageQuery, SharePage } from "../questions.ts";
import type { ShownShare } from "../share.ts";
import { cursorAfter, limitOf } from "./page.ts";
import { type PersonTables, shareFrom } from "./tables.ts";

type PersonView = DuckDbView<PersonTables>;

/** Checks the query, and only then asks. @throws InvalidCursorError, RangeError */
export function sharePage(query: PageQuery): (view: PersonView) => Promise<SharePage> {
  const limit = limitOf(query);
  const list = "shares";
  const cursor = query.cursor === undefined ? undefined : decodeTimeCursor(list, query.cursor);
  const values = cursor === undefined ? [] : [cursor.sortedBy.replace("Z", ""), cursor.id];
  const where = cursor === undefined ? "" : "WHERE (created_date, id) < ($1::TIMESTAMP, $2)";
  return async (view) => {
    const rest = `${where} ORDER BY created_date DESC, id DESC LIMIT ${limit + 1}`;
    const rows = await view.rows("shares", rest, values);
    return {
      shares: rows.slice(0, limit).map(shareFrom),
      nextCursor: cursorAfter(list, rows, limit, ({ createdDate, id }) => ({ sortedBy: createdDate, id })),
    };
  };
}

export async function shareOf(view: PersonView, shareId: string): Promise<ShownShare | undefined> {
  const [row] = await view.rows("shares", "WHERE id = $1", [shareId]);
  if (row === undefined) return undefined;
  const photos = await view.rows("sharePhotos", "WHERE share_id = $1 ORDER BY position", [shareId]);
  return { ...shareFrom(row), photoIds: photos.map(({ photoId }) => photoId) };
}
