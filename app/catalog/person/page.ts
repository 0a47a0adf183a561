import { type Cursor, decodeTimeCursor, encodeCursor } from "../cursor.ts";
import type { PhotoFilter } from "../photo-filter.ts";
import { hashRequest } from "../protocol/entry.ts";
import type { PageQuery } from "../questions.ts";

const pageLimits = { default: 50, most: 200 } as const;

interface Limits {
  readonly default: number;
  readonly most: number;
}

/** @throws RangeError */
export function limitOf({ limit }: Pick<PageQuery, "limit">, bounds: Limits = pageLimits): number {
  const asked = limit ?? bounds.default;
  if (!Number.isInteger(asked) || asked < 1 || asked > bounds.most) {
    throw new RangeError(`'limit' must be a whole number from 1 to ${bounds.most}, got ${asked}`);
  }
  return asked;
}

/** Names a list of photos with all that decides what is in it: its cursors are of that list only. */
export function listOf(name: string, filter: PhotoFilter): string {
  return `${name} ${hashRequest(filter)}`;
}

/** Where the page before of a list that is sorted by time has ended. @throws InvalidCursorError */
export function startOf(list: string, { cursor }: Pick<PageQuery, "cursor">): Cursor | undefined {
  return cursor === undefined ? undefined : decodeTimeCursor(list, cursor);
}

/** The cursor after a page, given one row more than the page has, if there is one. */
export function cursorAfter<R>(
  list: string,
  rows: readonly R[],
  limit: number,
  place: (row: R) => Cursor,
): string | undefined {
  const last = rows[limit - 1];
  return rows.length > limit && last !== undefined ? encodeCursor(list, place(last)) : undefined;
}
