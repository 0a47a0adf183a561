import { encodeCursor, type Cursor } from "../cursor.ts";
import type { PageQuery } from "../questions.ts";

const pageLimits = { default: 50, most: 200 } as const;

/** @throws RangeError */
export function limitOf({ limit = pageLimits.default }: PageQuery): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > pageLimits.most) {
    throw new RangeError(`'limit' must be a whole number from 1 to ${pageLimits.most}, got ${limit}`);
  }
  return limit;
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
