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
  const dice = random.next();
  if (dice < 0.4) {
    const sha256 = String(random.whole(1, 12)).padStart(64, "0");
    const photo = newPhoto(id, { title: `by ${text}`, sizeBytes, sha256 });
    return { kind: "add-photo", photo, ...(random.chance(0.3) && { uploadId: upload }) };
  }
  if (dice < 0.6) return { kind: "trash-photo", photoId: id };
  if (dice < 0.68) return { kind: "restore-photo", photoId: id };
  if (dice < 0.76) return { kind: "purge-photo", photoId: id };
  if (dice < 0.82) return { kind: "finish-purge", photoId: id };
  if (dice < 0.9) return { kind: "open-upload", upload: newUpload(upload, sizeBytes) };
  if (dice < 0.94) return { kind: "close-upload", uploadId: upload };
  return { kind: "see-sign-in", email: `${random.whole(1, 3)}@example.com`, name };
}

/** Edits, albums, shares, settings; now and then the account is closed. */
function organise(random: Random, photoId: string, text: string): Command {
  const albumId = `album-${random.whole(1, 2)}`;
  const photoIds = [photoId, `photo-${random.whole(1, 6)}`];
  const dice = random.next();
  if (dice < 0.3) {
    const edit = random.pick([
      { title: text },
      { favorite: true },
      { private: random.chance(0.5) },
      { tags: [text] },
    ]);
    return { kind: "edit-photo", photoId, edit };
  }
  if (dice < 0.4) return { kind: "create-album", album: { id: albumId, title: text, photoIds } };
  if (dice < 0.55) return { kind: "add-to-album", albumId, photoIds };
  if (dice < 0.65) return { kind: "remove-from-album", albumId, photoIds };
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

function newUpload(id: string, sizeBytes: number): NewUpload {
  const sha256 = id.padStart(64, "0");
  return { id, filename: "a.jpg", title: null, private: null, contentType: "image/jpeg", sizeBytes, sha256 };
}
