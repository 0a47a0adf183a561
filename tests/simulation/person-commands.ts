import type { Command } from "../../app/catalog/command.ts";
import type { NewUpload } from "../../app/catalog/upload.ts";
import { newPhoto } from "../catalog/photo-fixture.ts";
import { beginning } from "./clock.ts";
import type { Random } from "./random.ts";

const megabyte = 1_000_000;

/** Whatever somebody may do next; few things, so that they meet. @param name of the client */
export function personCommand(random: Random, name: string, text: string): Command {
  const id = `photo-${random.whole(1, 6)}`;
  const upload = `upload-${random.whole(1, 4)}`;
  const sizeBytes = random.whole(50, 500) * megabyte;
  if (random.chance(0.25)) return organise(random, id, text);
  if (random.chance(0.1)) return workOn(random, id);
  const dice = random.next();
  if (dice < 0.4) {
    const sha256 = sumOf(random);
    const state = random.chance(0.2) ? "processing" : "ready";
    const photo = newPhoto(id, { title: `by ${text}`, sizeBytes, sha256, state });
    return { kind: "add-photo", photo, ...(random.chance(0.3) && { uploadId: upload }) };
  }
  if (dice < 0.6) return { kind: "trash-photo", photoId: id };
  if (dice < 0.68) return { kind: "restore-photo", photoId: id };
  if (dice < 0.76) return { kind: "purge-photo", photoId: id };
  if (dice < 0.82) return { kind: "finish-purge", photoId: id };
  if (dice < 0.9) return { kind: "open-upload", upload: newUpload(random, upload, sizeBytes, text) };
  if (dice < 0.92) return { kind: "close-upload", uploadId: upload };
  if (dice < 0.94) return { kind: "close-upload", uploadId: upload, photoId: id };
  return { kind: "see-sign-in", email: `${random.whole(1, 3)}@example.com`, name };
}

/** Edits, albums, shares, settings; now and then the account is closed. */
function organise(random: Random, photoId: string, text: string): Command {
  const albumId = `album-${random.whole(1, 2)}`;
  const photoIds = [photoId, `photo-${random.whole(1, 6)}`];
  const dice = random.next();
  if (dice < 0.3) {
    return editPhoto(random, photoId, text);
  }
  if (dice < 0.4) return { kind: "create-album", album: { id: albumId, title: text, photoIds } };
  if (dice < 0.55) return { kind: "add-to-album", albumId, photoIds };
  if (dice < 0.6) return { kind: "remove-from-album", albumId, photoIds };
  if (dice < 0.65) return editAlbum(random, albumId, photoIds);
  if (dice < 0.72) return { kind: "delete-album", albumId };
  if (dice < 0.82) {
    const expiresDate = new Date(beginning + random.pick([24, 48]) * 3600 * 1000).toISOString();
    return {
      kind: "create-share",
      share: { id: `share-${random.whole(1, 3)}`, title: text, expiresDate, photoIds },
    };
  }
  if (dice < 0.88) return { kind: "end-share", shareId: `share-${random.whole(1, 3)}` };
  if (dice < 0.995) return { kind: "change-settings", settings: { privateByDefault: random.chance(0.5) } };
  return { kind: "close-account" };
}

function editPhoto(random: Random, photoId: string, text: string): Command {
  const dice = random.next();
  if (dice < 0.2) return { kind: "favorite-photo", photoId, favorite: random.chance(0.6) };
  if (dice < 0.4) {
    const [add, remove] = [random.pick([["sea"], ["sea", text], []]), random.pick([["sea"], []])];
    return { kind: "tag-photo", photoId, add, remove };
  }
  const edit = random.pick([
    { title: text },
    { description: random.pick([text, ""]) },
    { favorite: true },
    { private: random.chance(0.5) },
    { tags: [text] },
  ]);
  const expectedVersion = random.chance(0.3) ? random.whole(1, 3) : undefined;
  return { kind: "edit-photo", photoId, edit, ...(expectedVersion !== undefined && { expectedVersion }) };
}

/** What it is called, its cover, who sees it, and the order in it. */
function editAlbum(random: Random, albumId: string, photoIds: readonly string[]): Command {
  const [first = "", second = first] = photoIds;
  if (random.chance(0.4)) {
    return { kind: "move-in-album", albumId, photoIds: [first], before: random.pick([second, null]) };
  }
  const edit = random.pick([
    { title: `of ${first}` },
    { description: null },
    { coverPhotoId: random.pick([first, null]) },
    { sharedWith: random.pick([[], ["colleague-1"], ["colleague-2", "colleague-1"]]) },
  ]);
  const expectedVersion = random.chance(0.3) ? random.whole(1, 3) : undefined;
  return { kind: "edit-album", albumId, edit, ...(expectedVersion !== undefined && { expectedVersion }) };
}

/** What the worker and administrators do. */
function workOn(random: Random, photoId: string): Command {
  const dice = random.next();
  if (dice < 0.5) {
    const derivation = random.whole(1, 3);
    const paths = { previewPath: `previews/${derivation}`, thumbnailPath: `thumbnails/${derivation}` };
    const shape = { thumbhash: `hash ${derivation}`, width: 300, height: random.whole(200, 201) };
    const derivatives = { ...paths, ...shape, derivation, warning: random.pick([null, "a warning"]) };
    return { kind: "record-derivatives", photoId, derivatives };
  }
  if (dice < 0.8) return { kind: "fail-processing", photoId, reason: "cannot be decoded" };
  const bytes = random.pick([null, 300 * megabyte, 700 * megabyte]);
  return { kind: "set-quota", bytes, administratorId: "administrator" };
}

function newUpload(random: Random, id: string, sizeBytes: number, text: string): NewUpload {
  // Mostly what no photo has, or few could be opened.
  const sha256 = random.chance(0.4) ? sumOf(random) : id.padStart(64, "0");
  const title = random.pick([null, `upload by ${text}`]);
  return { id, filename: `${text}.jpg`, title, private: null, contentType: "image/jpeg", sizeBytes, sha256 };
}

function sumOf(random: Random): string {
  return String(random.whole(1, 12)).padStart(64, "0");
}
