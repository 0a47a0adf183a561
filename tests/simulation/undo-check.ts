import { isDeepStrictEqual } from "node:util";
import type { Row } from "../../app/catalog/protocol/tables.ts";
import type { MemoryView } from "./memory-view.ts";

/** What an undo is about, of one moment: by table and key. */
export type Moment = Readonly<
  Record<"photos" | "albums" | "albumPhotos" | "users", ReadonlyMap<string, Row>>
>;

export function momentOf(view: MemoryView): Moment {
  const rows = (table: string) =>
    new Map(view.rows(table).flatMap((row) => (typeof row["id"] === "string" ? [[row["id"], row]] : [])));
  return {
    photos: rows("photos"),
    albums: rows("albums"),
    albumPhotos: rows("albumPhotos"),
    users: rows("users"),
  };
}

/** The moments around the entry that is undone, and around the command that undoes it. */
export interface Undoing {
  readonly before: Moment;
  readonly after: Moment;
  readonly until: Moment;
  readonly since: Moment;
}

/**
 * By the states themselves, not by what the code under test read or decided: all that the entry changed was still as it
 * had left it, and is what it was before.
 */
export function findWronglyUndone(undoing: Undoing): string[] {
  const faults: string[] = [];
  for (const fact of factsOf(undoing)) {
    const [before, after, until, since] = fact.values;
    if (isDeepStrictEqual(before, after)) continue;
    if (!isDeepStrictEqual(until, after))
      faults.push(`${fact.name} was changed since and undone all the same`);
    else if (!isDeepStrictEqual(since, before)) faults.push(`${fact.name} is not what it was before`);
  }
  return faults;
}

interface Fact {
  readonly name: string;
  readonly values: readonly unknown[];
}

function factsOf({ before, after, until, since }: Undoing): Fact[] {
  const moments = [before, after, until, since];
  const keysOf = (table: keyof Moment) => new Set([...before[table].keys(), ...after[table].keys()]);
  const fact = (name: string, read: (moment: Moment) => unknown): Fact => ({
    name,
    values: moments.map(read),
  });
  const photos = [...keysOf("photos")].flatMap((key) => [
    // One that was not there before is in the trash again.
    fact(`whether photo ${key} is shown`, (moment) => moment.photos.get(key)?.["deletedAt"] === null),
    ...(before.photos.has(key) ? ["title", "description", "tags", "private", "favorite"] : []).map((name) =>
      fact(`the ${name} of photo ${key}`, (moment) => moment.photos.get(key)?.[name]),
    ),
  ]);
  const albums = [...keysOf("albums")].flatMap((key) => [
    fact(`whether there is album ${key}`, (moment) => moment.albums.has(key)),
    // One that the entry made or deleted is there or not, and what it has comes with it.
    ...["title", "description", "coverPhotoId", "sharedWith"].map((name) =>
      fact(`the ${name} of album ${key}`, (moment) => moment.albums.get(key)?.[name]),
    ),
  ]);
  const places = [...keysOf("albumPhotos")].map((key) =>
    fact(`whether ${key} is in its album`, ({ albumPhotos }) => albumPhotos.has(key)),
  );
  const settings = [...keysOf("users")].map((key) =>
    fact(`what ${key} has set`, ({ users }) => users.get(key)?.["settings"]),
  );
  return [...photos, ...albums, ...places, ...settings];
}
