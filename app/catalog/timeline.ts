import type { PhotoFilter } from "./photo-filter.ts";
import type { Reading } from "./reading.ts";

export interface TimelineQuery extends PhotoFilter, Reading {
  /** @default "month" */
  readonly by?: "month" | "day";
  /** Months or days with photos, 1 to 1,000. @default 1,000 */
  readonly limit?: number;
  readonly cursor?: string;
}

/** When the photos that meet a filter were taken: months or days that have any, the latest first. */
export interface Timeline {
  /** `2015-09` or `2015-09-08`, by the camera's clock (that of the upload, in UTC, where there is none). */
  readonly periods: readonly { readonly period: string; readonly count: number }[];
  readonly nextCursor: string | undefined;
}

export interface PhotoColumnsQuery extends PhotoFilter, Reading {
  /** Photos, 1 to 5,000. @default 1,000 */
  readonly limit?: number;
  readonly cursor?: string;
}

/**
 * What a grid of photos needs to be laid out, as one array a column: much smaller than records. All arrays have the
 * same length; the newest photo first, in the order of `photos`.
 */
export interface PhotoColumns {
  readonly ids: readonly string[];
  /** Width divided by height. */
  readonly ratios: readonly number[];
  readonly thumbhashes: readonly string[];
  /** What they are sorted by, without a zone: `2015-09-08T11:02:17`. */
  readonly shownAt: readonly string[];
  readonly favorites: readonly boolean[];
  readonly nextCursor: string | undefined;
}
