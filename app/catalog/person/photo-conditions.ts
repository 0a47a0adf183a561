import type { Cursor } from "../cursor.ts";
import type { SimpleValue } from "../duckdb/duckdb-view.ts";
import { foldTerms } from "../folded-text.ts";
import { readLocalTime } from "../local-time.ts";
import { type Area, InvalidFilterError, type PhotoFilter, photoFilterLimits } from "../photo-filter.ts";

/** Conditions on rows of `photos`, joined by AND, and what is bound to their parameters. */
export interface PhotoConditions {
  /** @param view name of the attached database */
  sql(view: string): string;
  readonly values: readonly SimpleValue[];
  /**
   * A condition looks at several columns at once. DuckDB then reads all columns that are asked for of every row, not
   * only of those that meet it: whoever asks for many finds the rows first.
   */
  readonly spansColumns: boolean;
}

class Conditions implements PhotoConditions {
  readonly values: SimpleValue[] = [];
  spansColumns = false;
  readonly #parts: ((view: string) => string)[] = [];

  /** @param part `$1` is the first of the values, `{view}` the name of the attached database */
  add(part: string, ...values: readonly SimpleValue[]): void {
    const numbered = this.#numbered(part, values);
    this.#parts.push((view) => numbered.replaceAll("{view}", view));
  }

  /** For lists that are sorted by time and id, both descending. */
  beginAfter({ sortedBy, id }: Cursor): void {
    // The first half alone lets DuckDB leave out whole row groups.
    const after = "shown_at <= $1::TIMESTAMP AND (shown_at < $1::TIMESTAMP OR id < $2)";
    this.add(after, sortedBy.replace("Z", ""), id);
  }

  sql(view: string): string {
    return this.#parts.map((part) => part(view)).join(" AND ");
  }

  #numbered(part: string, values: readonly SimpleValue[]): string {
    const first = this.values.length;
    this.values.push(...values);
    return part.replaceAll(/\$(\d)/g, (_, index: string) => `$${first + Number(index)}`);
  }
}

const searched = ["folded_title", "folded_description", "folded_tags", "folded_file"];

/** @throws InvalidFilterError */
export function photoConditions(filter: PhotoFilter): Conditions {
  const conditions = new Conditions();
  const { trashed = false, favorite, private: isPrivate, album, tags = [], hasPlace, area, search } = filter;
  conditions.add(trashed ? "deleted_at IS NOT NULL AND state <> 'purging'" : "deleted_at IS NULL");
  if (favorite !== undefined) conditions.add("favorite = $1", favorite);
  if (isPrivate !== undefined) conditions.add("private = $1", isPrivate);
  if (album !== undefined) {
    conditions.add(
      "id IN (SELECT photo_id FROM {view}.albumPhotos WHERE album_id = $1)",
      bounded("album", album),
    );
  }
  if (tags.length > photoFilterLimits.tags) {
    throw new InvalidFilterError(
      `at most ${photoFilterLimits.tags} tags are named at once, got ${tags.length}`,
    );
  }
  for (const tag of tags) conditions.add("list_contains(tags, $1)", bounded("tags", tag));
  for (const name of ["camera", "lens"] as const) {
    const value = filter[name];
    if (value !== undefined) conditions.add(`${name} = $1`, bounded(name, value));
  }
  if (filter.contentType !== undefined) {
    conditions.add("content_type = $1", bounded("contentType", filter.contentType));
  }
  if (filter.from !== undefined) conditions.add("shown_at >= $1::TIMESTAMP", readMoment("from", filter.from));
  if (filter.before !== undefined) {
    conditions.add("shown_at < $1::TIMESTAMP", readMoment("before", filter.before));
  }
  if (area !== undefined) addArea(conditions, area);
  if (hasPlace !== undefined) conditions.add(`latitude IS ${hasPlace ? "NOT NULL" : "NULL"}`);
  if (search !== undefined) addSearch(conditions, search);
  return conditions;
}

function addArea(conditions: Conditions, { south, west, north, east }: Area): void {
  if (!areWithin(90, south, north) || !areWithin(180, west, east)) {
    throw new InvalidFilterError(
      `an area is south, west, north, east in degrees, -90 to 90 and -180 to 180, got ${[south, west, north, east].join(", ")}`,
    );
  }
  if (south > north)
    throw new InvalidFilterError(`an area's south must not be north of its north, got ${south}, ${north}`);
  conditions.add("latitude BETWEEN $1 AND $2", south, north);
  const within = west <= east ? "longitude BETWEEN $1 AND $2" : "(longitude >= $1 OR longitude <= $2)";
  conditions.add(within, west, east);
}

function areWithin(most: number, ...degrees: readonly number[]): boolean {
  return degrees.every((one) => Number.isFinite(one) && Math.abs(one) <= most);
}

function addSearch(conditions: Conditions, search: string): void {
  const { search: mostCharacters, searchTerms } = photoFilterLimits;
  const terms = foldTerms(bounded("search", search, mostCharacters));
  if (terms.length > searchTerms) {
    throw new InvalidFilterError(
      `at most ${searchTerms} words are searched for at once, got ${terms.length}`,
    );
  }
  if (terms.length === 0) conditions.add("false");
  conditions.spansColumns = true;
  for (const term of terms) {
    conditions.add(`(${searched.map((column) => `contains(${column}, $1)`).join(" OR ")})`, term);
  }
}

function bounded(what: string, text: string, most: number = photoFilterLimits.text): string {
  const { length } = Array.from(text);
  if (length <= most && text.isWellFormed()) return text;
  throw new InvalidFilterError(`'${what}' must be text of at most ${most} characters, got ${length}`);
}

/** As DuckDB reads a timestamp. */
function readMoment(what: string, text: string): string {
  const moment = readLocalTime(text);
  if (moment !== undefined) return moment.toISOString().slice(0, 19);
  const received = JSON.stringify(text.slice(0, 40));
  throw new InvalidFilterError(
    `'${what}' must be a day or moment such as 2015-09-08 or 2015-09-08T11:02:17, got ${received}`,
  );
}
