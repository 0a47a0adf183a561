/** Which photos are asked for: those that meet all that is named. */
export interface PhotoFilter {
  /** @default false: what is not in the trash */
  readonly trashed?: boolean;
  readonly favorite?: boolean;
  readonly private?: boolean;
  /** Id of an album that they are in. */
  readonly album?: string;
  /** All of them, written exactly so. */
  readonly tags?: readonly string[];
  readonly camera?: string;
  readonly lens?: string;
  /** Of the original: `image/jpeg`. */
  readonly contentType?: string;
  /**
   * Shown at this time or later: a day, `2015-09-08`, or a moment of it, `2015-09-08T11:02:17`, by the camera's clock
   * (that of the upload, in UTC, where there is none).
   */
  readonly from?: string;
  /** Shown before this time, written as `from` is. */
  readonly before?: string;
  /** Where they were taken, borders included. */
  readonly area?: Area;
  /** Whether it is known where they were taken. */
  readonly hasPlace?: boolean;
  /**
   * Words that begin so, in title, description, tags, camera, lens or the file's name, whatever their case and accents;
   * all of them, anywhere. A text without a letter or digit finds nothing.
   */
  readonly search?: string;
}

/** Degrees, WGS 84. `west` may lie east of `east`: the area then crosses the 180th meridian. */
export interface Area {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

/** Bounds of a filter; texts in characters. */
export const photoFilterLimits = { search: 200, searchTerms: 12, tags: 10, text: 200 } as const;

/** The filter asks for something that no photo could be. */
export class InvalidFilterError extends Error {
  readonly code = "invalid-filter";

  constructor(reason: string) {
    super(`the filter cannot be used: ${reason}`);
  }
}
