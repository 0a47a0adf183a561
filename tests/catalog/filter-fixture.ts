import * as fc from "fast-check";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { Photo } from "../../app/catalog/photo.ts";
import type { PhotoFilter } from "../../app/catalog/photo-filter.ts";
import { add, newKey, person } from "./fixtures.ts";

const cameras = ["Jolla", "NIKON D70", null];
const lenses = ["28 mm", null];
const contentTypes = ["image/jpeg", "image/heic"];
const tagSets = [[], ["Sea"], ["Sea", "Straße"], ["straße"]];
const titles = ["Søndag i Ålesund", "Sunday at sea", null];
const places = [null, [62.47, 6.15], [-16.5, 179.9], [-16.6, -179.9], [0, 0.5]] as const;

function pick<T>(from: readonly T[], index: number): T {
  const picked = from[index % from.length];
  if (picked === undefined) throw new RangeError("nothing to pick from");
  return picked;
}

/** Photos that differ in everything that can be filtered by, some of them shown at the same time. */
export async function fillCatalog(catalog: Catalog): Promise<void> {
  const adding = Array.from({ length: 96 }, (_, index) => {
    const place = pick(places, index);
    return add(catalog, `photo-${String(index).padStart(3, "0")}`, {
      camera: pick(cameras, index),
      lens: pick(lenses, index >> 1),
      contentType: pick(contentTypes, index >> 2),
      tags: pick(tagSets, index >> 1),
      title: pick(titles, index >> 3),
      description: index % 7 === 0 ? "東京タワー at night" : null,
      filename: `IMG_${2000 + index}.JPG`,
      latitude: place?.[0] ?? null,
      longitude: place?.[1] ?? null,
      private: index % 5 !== 0,
      takenAt: `20${10 + (index % 4)}-0${1 + (index % 3)}-15T12:00:00`,
    });
  });
  await Promise.all(adding);
  const ids = (await catalog.everyPhoto(person, { limit: 1000 })).map(({ id }) => id);
  const commands = [
    ...ids
      .filter((_, index) => index % 6 === 0)
      .map((photoId) => ({ kind: "trash-photo", photoId }) as const),
    ...ids
      .filter((_, index) => index % 4 === 1)
      .map((photoId) => ({ kind: "favorite-photo", photoId, favorite: true }) as const),
    {
      kind: "create-album",
      album: { id: "album", title: "Album", photoIds: ids.filter((_, index) => index % 6 === 1) },
    } as const,
  ];
  await Promise.all(
    commands.map((command) => catalog.execute(person, command, { idempotencyKey: newKey() })),
  );
}

function isWithin(degrees: number, west: number, east: number): boolean {
  return west <= east ? degrees >= west && degrees <= east : degrees >= west || degrees <= east;
}

/** The same in plain words, photo by photo. */
export function meets(photo: Photo, filter: PhotoFilter, album: ReadonlySet<string>): boolean {
  const { area, hasPlace, from, before, tags = [] } = filter;
  const { latitude, longitude } = photo;
  const day = photo.takenAt ?? "";
  return (
    (photo.deletedAt !== null) === (filter.trashed ?? false) &&
    (filter.favorite === undefined || photo.favorite === filter.favorite) &&
    (filter.private === undefined || photo.private === filter.private) &&
    (filter.album === undefined || (filter.album === "album" && album.has(photo.id))) &&
    tags.every((tag) => photo.tags.includes(tag)) &&
    (filter.camera === undefined || photo.camera === filter.camera) &&
    (filter.lens === undefined || photo.lens === filter.lens) &&
    (filter.contentType === undefined || photo.contentType === filter.contentType) &&
    (from === undefined || day >= from) &&
    (before === undefined || day < before) &&
    (hasPlace === undefined || (latitude !== null) === hasPlace) &&
    (area === undefined ||
      (latitude !== null &&
        longitude !== null &&
        isWithin(latitude, area.south, area.north) &&
        isWithin(longitude, area.west, area.east)))
  );
}

export const filters: fc.Arbitrary<PhotoFilter> = fc.record(
  {
    trashed: fc.boolean(),
    favorite: fc.boolean(),
    private: fc.boolean(),
    album: fc.constantFrom("album", "no such album"),
    tags: fc.subarray(["Sea", "Straße"]),
    camera: fc.constantFrom("Jolla", "NIKON D70", "none"),
    lens: fc.constantFrom("28 mm"),
    contentType: fc.constantFrom(...contentTypes),
    from: fc.constantFrom("2011-02-15", "2011-02-15T12:00:00", "2011-02-15T12:00:01", "2013-01-01"),
    before: fc.constantFrom("2011-02-15", "2012-02-15T12:00:00", "2012-02-15T12:00:01"),
    area: fc.constantFrom(
      { south: 60, west: 0, north: 63, east: 10 },
      { south: -20, west: 179, north: -10, east: -179 },
      { south: -90, west: -180, north: 90, east: 180 },
    ),
    hasPlace: fc.boolean(),
  },
  { requiredKeys: [] },
);
