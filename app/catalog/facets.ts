import type { PhotoFilter } from "./photo-filter.ts";
import type { Reading } from "./reading.ts";

export interface FacetQuery extends PhotoFilter, Reading {
  /** Values of each facet, 1 to 200. @default 50 */
  readonly limit?: number;
}

/** What the photos that meet a filter have in common, to narrow it by. */
export interface Facets {
  readonly photos: number;
  readonly favorites: number;
  readonly private: number;
  /** It is known where they were taken. */
  readonly withPlace: number;
  /** By the album's id. */
  readonly albums: Facet;
  readonly tags: Facet;
  readonly cameras: Facet;
  readonly lenses: Facet;
  readonly contentTypes: Facet;
}

export interface Facet {
  /** The most frequent first, then by value. */
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** False where there are more values than were asked for. */
  readonly isComplete: boolean;
}
