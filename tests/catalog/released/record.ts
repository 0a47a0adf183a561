import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "../../../app/catalog/command.ts";
import { createCatalog } from "../../../app/catalog/create-catalog.ts";
import { personModel } from "../../../app/catalog/person/person-model.ts";
import { segmentLength } from "../../../app/catalog/protocol/segments.ts";
import { realSurroundings } from "../../../app/catalog/protocol/surroundings.ts";
import { DiskObjectStore } from "../../../app/storage/disk-object-store.ts";
import { newPhoto } from "../photo-fixture.ts";
import { answersOf, writeReleased } from "./released-records.ts";

/**
 * `npx node tests/catalog/released/record.ts`: keeps what this release leaves in the store, for later releases to be
 * tested with. Run it before the version of the view is counted up; what is kept is never made anew.
 */
const person = "0193a5b8-0000-4000-8000-000000000001";
const colleague = "0193a5b8-0000-4000-8000-000000000002";
const folder = mkdtempSync(join(tmpdir(), "imgstream-released-"));
const store = new DiskObjectStore(join(folder, "records"));
let now = Date.parse("2026-11-25T08:00:00.000Z");
let ids = 0;
const catalog = await createCatalog({
  records: store,
  cacheFolder: join(folder, "cache"),
  writer: "a released process",
  surroundings: {
    ...realSurroundings,
    now: () => (now += 1000),
    uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`,
  },
});
let keys = 0;
const execute = (command: Command) => catalog.execute(person, command, { idempotencyKey: `key-${++keys}` });

await catalog.organisation.execute(
  { kind: "see-member", salt: "salt", userId: person, email: "ada@example.com", name: "Ada Lovelace" },
  { idempotencyKey: "organisation-1" },
);
await catalog.organisation.execute(
  { kind: "set-flag", flag: { name: "shares", isEnabled: false, userIds: [person] } },
  { idempotencyKey: "organisation-2" },
);
await catalog.organisation.execute(
  { kind: "set-setting", name: "sharesAllowed", value: true },
  { idempotencyKey: "organisation-3" },
);
await execute({ kind: "see-sign-in", email: "ada@example.com", name: "Ada Lovelace" });
await execute({ kind: "change-settings", settings: { privateByDefault: false } });
await execute({ kind: "set-quota", bytes: 5 * 2 ** 30, administratorId: "an administrator" });
const jolla = newPhoto("p1", {
  title: "Søndag i Ålesund",
  description: "One line\nand another",
  tags: ["Sea", "Straße"],
  metadata: { flash: { fired: true } },
  takenAt: "2015-09-08T11:02:17",
  takenOffsetMinutes: 120,
  latitude: 62.47,
  longitude: 6.15,
  camera: "Jolla",
  lens: "28 mm",
  sizeBytes: 1_234_567,
});
await execute({ kind: "add-photo", photo: jolla });
for (const id of ["p2", "p3", "p4", "p5"]) await execute({ kind: "add-photo", photo: newPhoto(id) });
await execute({ kind: "add-photo", photo: newPhoto("heic", { state: "processing", private: true }) });
await execute({
  kind: "record-derivatives",
  photoId: "heic",
  derivatives: {
    previewPath: "previews/u/heic_preview.v2.jpg",
    thumbnailPath: "thumbnails/u/heic_thumb.v2.webp",
    thumbhash: "AAAA",
    derivation: 2,
    width: 3000,
    height: 4000,
    warning: "premature end",
  },
});
await execute({ kind: "add-photo", photo: newPhoto("broken", { state: "processing" }) });
await execute({ kind: "fail-processing", photoId: "broken", reason: "unreadable" });
await execute({
  kind: "edit-photo",
  photoId: "p2",
  edit: { title: "Edited", description: "Later", tags: ["a", "b"], private: true, favorite: true },
});
await execute({ kind: "trash-photo", photoId: "p3" });
await execute({ kind: "trash-photo", photoId: "p4" });
await execute({ kind: "restore-photo", photoId: "p4" });
await execute({ kind: "trash-photo", photoId: "p5" });
await execute({ kind: "purge-photo", photoId: "p5" });
await execute({ kind: "finish-purge", photoId: "p5" });
const upload = (id: string) => ({
  id,
  filename: `${id}.jpg`,
  title: "Sent in parts",
  private: null,
  contentType: "image/jpeg",
  sizeBytes: 1000,
  sha256: id.padStart(64, "0"),
});
await execute({ kind: "open-upload", upload: upload("01") });
await execute({ kind: "open-upload", upload: upload("02") });
await execute({ kind: "close-upload", uploadId: "02" });
await execute({ kind: "add-photo", photo: newPhoto("p6", { sha256: upload("01").sha256 }), uploadId: "01" });
await execute({
  kind: "tag-photo",
  photoId: "p1",
  add: ["Norge"],
  remove: ["Sea"],
});
const albumOf = (id: string, photoIds: readonly string[]) =>
  ({ kind: "create-album", album: { id, title: `Album ${id}`, photoIds } }) as const;
await execute(albumOf("album-1", ["p1", "p2", "p4"]));
await execute(albumOf("album-2", ["p1"]));
await execute({
  kind: "edit-album",
  albumId: "album-1",
  edit: { title: "Summer", description: "By the sea", coverPhotoId: "p4", sharedWith: [colleague] },
});
await execute({ kind: "add-to-album", albumId: "album-1", photoIds: ["p6", "heic"] });
await execute({ kind: "remove-from-album", albumId: "album-1", photoIds: ["p2"] });
await execute({ kind: "move-in-album", albumId: "album-1", photoIds: ["p6"], before: "p1" });
await execute({ kind: "delete-album", albumId: "album-2" });
const shareOf = (id: string, photoIds: readonly string[]) =>
  ({
    kind: "create-share",
    share: { id, title: id, photoIds, expiresDate: new Date(now + 7 * 24 * 3600 * 1000).toISOString() },
  }) as const;
await execute(shareOf("share-1", ["p4", "p6"]));
await execute(shareOf("share-2", ["p1"]));
await execute({ kind: "edit-photo", photoId: "p6", edit: { private: true } });
await execute({ kind: "end-share", shareId: "share-2" });
// So many that there is a segment, and entries after it.
for (let index = 0; index < segmentLength; index++) {
  await execute({ kind: "favorite-photo", photoId: "p1", favorite: index % 2 === 0 });
}
await catalog.keepUp(person);
await execute({ kind: "favorite-photo", photoId: "p1", favorite: true });

const answers = await answersOf(catalog, person);
await catalog.close();
const objects = [];
for await (const { name, contentType } of store.list("")) {
  const bytes = (await store.read(name))?.bytes ?? new Uint8Array();
  objects.push({ name, contentType, base64: Buffer.from(bytes).toString("base64") });
}
const file = writeReleased({ viewVersion: personModel.viewVersion, person, objects, answers });
process.stdout.write(`kept ${objects.length} objects in ${file}\n`);
rmSync(folder, { recursive: true, force: true });
