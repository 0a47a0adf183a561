import { expect, test } from "vitest";
import type { Command } from "../../app/catalog/command.ts";
import { type PersonTables, personTables } from "../../app/catalog/person/tables.ts";
import { add, newKey, openCatalog, person, surroundingsAt } from "../catalog/fixtures.ts";
import { recordsFolder, run } from "./command.ts";
import { fourHours, recordsOf, start } from "./four-hours.ts";

test("export at the head is what the catalog itself answers", async () => {
  const { ask, photos, profile } = await fourHours();
  const { code, lines } = await ask("export", "--json");
  const [head, exportedProfile, ...exported] = recordsOf(lines);
  expect(code).toBe(0);
  expect(head).toMatchObject({ record: "catalog", user_id: person, sequence: 4, photos: 2 });
  expect(exportedProfile).toMatchObject({
    record: "profile",
    email: "ada@example.com",
    storage_used: profile?.storageUsed,
    settings: { private_by_default: true },
  });
  expect(exported).toHaveLength(photos.length);
  for (const [index, photo] of photos.entries()) {
    expect(exported[index]).toMatchObject({
      record: "photo",
      id: photo.id,
      size_bytes: photo.sizeBytes,
      sha256: photo.sha256,
      crc32c: photo.crc32c,
      taken_at: photo.takenAt,
      deleted_at: photo.deletedAt,
      metadata: photo.metadata,
      version: photo.version,
    });
    expect(Object.keys(exported[index] ?? {})).toHaveLength(Object.keys(photo).length + 1);
  }
});

const at = "2026-11-23T08:00:00.000Z";
const expiresDate = "2026-11-24T08:00:00.000Z";
const sums = { sha256: "a".repeat(64), crc32c: "AAAAAA==" };
const picture = {
  metadata: { exposureTime: "1/60" },
  orientation: 6,
  thumbhash: "3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
};
const upload = {
  title: null,
  private: null,
  contentType: "image/png",
  sizeBytes: 300,
  sha256: "b".repeat(64),
};

/** A person with one thing of each kind, all of one moment. */
async function oneOfEach() {
  const place = recordsFolder();
  const catalog = await openCatalog(place.folder, { surroundings: surroundingsAt({ now: start }) });
  const execute = (command: Command) => catalog.execute(person, command, { idempotencyKey: newKey() });
  await execute({ kind: "see-sign-in", email: "ada@example.com", name: "Ada" });
  await add(catalog, "p1", {
    ...sums,
    ...picture,
    title: "Summer",
    tags: ["sea", "boat"],
    takenAt: "2015-09-08T11:02:17",
    takenOffsetMinutes: -210,
    latitude: 47.5,
    longitude: -52.7,
    camera: "Pixel\u001b[31m",
    lens: null,
    private: false,
  });
  const edit = { description: "First line\nsecond line" };
  await execute({ kind: "edit-photo", photoId: "p1", edit });
  await execute({ kind: "create-album", album: { id: "album-1", title: "Best", photoIds: ["p1"] } });
  await execute({
    kind: "create-share",
    share: { id: "share-1", title: null, expiresDate, photoIds: ["p1"] },
  });
  await execute({ kind: "trash-photo", photoId: "p1" });
  await execute({ kind: "open-upload", upload: { id: "upload-1", filename: "harbour.png", ...upload } });
  await catalog.close();
  const asked = ["--records", place.url, "--person", person];
  return (verb: string, ...rest: string[]) => run("catalog", verb, ...asked, ...rest);
}

test("export to be read has everything that is recorded, each in a line that says what it is", async () => {
  const ask = await oneOfEach();
  const { code, lines } = await ask("export");
  expect(code).toBe(0);
  expect(lines).toEqual([
    `${person}, after entry 7 of ${at}`,
    "  person   Ada, ada@example.com",
    "  photos   1 photo, 1 of them in the trash",
    "  albums   1 album",
    "  shares   1 share",
    "  uploads  1 upload, 1 of them open",
    "  storage  1000 bytes of 1073741824",
    "",
    "profile",
    "  name      Ada",
    "  address   ada@example.com",
    `  dates     signed in for the first time ${at}, for the last time ${at}`,
    "  settings  new photos are private",
    "",
    "photo p1",
    "  title        Summer",
    "  description  First line ⏎ second line",
    "  file         p1.jpg, 4000 × 3000, 1000 bytes, image/jpeg",
    `  marks        shown to colleagues, in the trash since ${at}`,
    "  tags         sea, boat",
    "  taken        2015-09-08T11:02:17-03:30",
    "  place        47.5, -52.7",
    "  camera       Pixel [31m",
    `  dates        uploaded ${at}, changed ${at}, version 3`,
    expect.stringMatching(/^ {2}original {5}photos\/\S+, generation \S+$/),
    expect.stringMatching(/^ {2}pictures {5}previews\/\S+, thumbnails\/\S+, procedure 1$/),
    `  thumbhash    ${picture.thumbhash}`,
    "  turned       from EXIF orientation 6",
    '  metadata     {"exposureTime":"1/60"}',
    `  sums         sha256 ${sums.sha256}, crc32c ${sums.crc32c}`,
    "",
    "album album-1",
    "  title        Best",
    `  dates        made ${at}, changed ${at}, version 1`,
    "  photos       p1",
    "",
    "share share-1",
    `  dates   opened ${at}, ends ${expiresDate}, ended ${at}`,
    "",
    "upload upload-1",
    "  file   harbour.png, 300 bytes, image/png",
    `  dates  opened ${at}, room is reserved until ${expiresDate}`,
    `  sum    sha256 ${upload.sha256}`,
  ]);
});

test("uploads are in an export and in what history says of a moment", async () => {
  const ask = await oneOfEach();
  const records = recordsOf((await ask("export", "--json")).lines);
  expect(records[0]).toMatchObject({ storage_used: 1000, storage_quota: 2 ** 30, uploads: 1 });
  expect(records.at(-1)).toEqual({
    record: "upload",
    id: "upload-1",
    filename: "harbour.png",
    title: null,
    private: null,
    content_type: "image/png",
    size_bytes: 300,
    sha256: upload.sha256,
    created_date: at,
    expires_date: expiresDate,
    state: "open",
    photo_id: null,
  });
  const told = await ask("history", "--sequence", "7");
  expect(told.lines.at(-1)).toBe("  upload-1  harbour.png, 300 bytes  (upload)");
});

test("export of an earlier moment has what was there then", async () => {
  const { ask } = await fourHours();
  const photos = recordsOf((await ask("export", "--json", "--sequence", "2")).lines).slice(2);
  expect(photos).toMatchObject([{ id: "p1", deleted_at: null, version: 1 }]);
});

/** By which record of an export a table's rows are told; null where they say nothing of what a person has. */
const toldBy = {
  users: "profile",
  photos: "photo",
  albums: "album",
  albumPhotos: "album",
  shares: "share",
  sharePhotos: "share",
  uploads: "upload",
  keys: null,
} as const satisfies Record<keyof PersonTables, string | null>;

/** Columns that are made from others, or that are told in another way: an order, and whose the export is. */
const toldOtherwise: ReadonlySet<string> = new Set([
  "photos.shown_at",
  ...["title", "description", "tags", "file"].map((what) => `photos.folded_${what}`),
  "albums.user_id",
  "albums.last_position",
  "albumPhotos.id",
  "albumPhotos.position",
  "sharePhotos.id",
  "sharePhotos.position",
  "shares.state",
]);

/** Under which name of another record, where it is not its own. */
const renamed: Readonly<Record<string, string>> = {
  "albumPhotos.album_id": "id",
  "albumPhotos.photo_id": "photo_ids",
  "sharePhotos.share_id": "id",
  "sharePhotos.photo_id": "photo_ids",
};

test("no column of a person's tables is left out of an export", async () => {
  const ask = await oneOfEach();
  const records = recordsOf((await ask("export", "--json")).lines);
  const of = (kind: string) => Object.keys(records.find(({ record }) => record === kind) ?? {});
  const columns = Object.entries(personTables).flatMap(([table, one]) =>
    Object.keys(one.columns).map((name) => ({
      table,
      column: name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    })),
  );
  const missing = columns.filter(({ table, column }) => {
    const record = new Map<string, string | null>(Object.entries(toldBy)).get(table);
    const name = `${table}.${column}`;
    if (record === null || toldOtherwise.has(name)) return false;
    const exported = new Set([...of(record ?? ""), ...(record === "profile" ? of("catalog") : [])]);
    return !exported.has(renamed[name] ?? column);
  });
  expect(missing).toEqual([]);
});
