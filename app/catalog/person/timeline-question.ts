import type { DuckDbView } from "../duckdb/duckdb-view.ts";
import type { PhotoColumns, PhotoColumnsQuery, Timeline, TimelineQuery } from "../timeline.ts";
import { cursorAfter, limitOf, listOf, startOf } from "./page.ts";
import { type PhotoConditions, photoConditions } from "./photo-conditions.ts";
import type { PersonTables } from "./tables.ts";

type PersonView = DuckDbView<PersonTables>;

const limits = {
  periods: { default: 1000, most: 1000 },
  columns: { default: 1000, most: 5000 },
} as const;

/** Checks the query, and only then asks. @throws InvalidCursorError, InvalidFilterError, RangeError */
export function timelineOf(query: TimelineQuery): (view: PersonView) => Promise<Timeline> {
  const { by = "month", limit: _, cursor: __, after: ___, ...filter } = query;
  const limit = limitOf(query, limits.periods);
  const list = listOf(`timeline by ${by}`, filter);
  const conditions = photoConditions(filter);
  const start = startOf(list, query);
  if (start !== undefined) conditions.add("shown_at < $1::TIMESTAMP", start.sortedBy.replace("Z", ""));
  return async (view) => {
    const rows = await view.query(
      `SELECT strftime(date_trunc('${by}', shown_at), '%Y-%m-%d') AS period, count(*)::BIGINT
         FROM ${view.name}.photos WHERE ${conditions.sql(view.name)}
        GROUP BY period ORDER BY period DESC LIMIT ${limit + 1}`,
      conditions.values,
    );
    const found = rows.map(([day, count]) => ({ day: String(day), count: Number(count) }));
    return {
      periods: found
        .slice(0, limit)
        .map(({ day, count }) => ({ period: day.slice(0, by === "month" ? 7 : 10), count })),
      nextCursor: cursorAfter(list, found, limit, ({ day }) => ({
        sortedBy: `${day}T00:00:00.000Z`,
        id: "period",
      })),
    };
  };
}

/** Checks the query, and only then asks. @throws InvalidCursorError, InvalidFilterError, RangeError */
export function photoColumns(query: PhotoColumnsQuery): (view: PersonView) => Promise<PhotoColumns> {
  const { limit: _, cursor: __, after: ___, ...filter } = query;
  const limit = limitOf(query, limits.columns);
  const list = listOf("columns", filter);
  const conditions = photoConditions(filter);
  const start = startOf(list, query);
  if (start !== undefined) conditions.beginAfter(start);
  return async (view) => {
    const found = await selectColumns(view, conditions, limit + 1);
    const shown = found.slice(0, limit);
    return {
      ids: shown.map(({ id }) => id),
      ratios: shown.map(({ ratio }) => ratio),
      thumbhashes: shown.map(({ thumbhash }) => thumbhash),
      shownAt: shown.map(({ shownAt }) => shownAt.slice(0, 19)),
      favorites: shown.map(({ favorite }) => favorite),
      nextCursor: cursorAfter(list, found, limit, ({ id, shownAt }) => ({ sortedBy: shownAt, id })),
    };
  };
}

async function selectColumns(view: PersonView, conditions: PhotoConditions, limit: number) {
  const rows = await view.query(
    `SELECT id, round(width / height, 4), thumbhash, strftime(shown_at, '%Y-%m-%dT%H:%M:%S.%gZ'), favorite
       FROM ${view.name}.photos WHERE ${conditions.sql(view.name)}
      ORDER BY shown_at DESC, id DESC LIMIT ${limit}`,
    conditions.values,
  );
  return rows.map(([id, ratio, thumbhash, shownAt, favorite]) => ({
    id: String(id),
    ratio: Number(ratio),
    thumbhash: String(thumbhash),
    shownAt: String(shownAt),
    favorite: favorite === true,
  }));
}
