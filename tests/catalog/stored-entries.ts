import type { Effect } from "../../app/catalog/person/effects.ts";
import { recordedPhoto } from "../../app/catalog/person/photo-effects.ts";
import { type Entry, encodeEntry, hashRequest } from "../../app/catalog/protocol/entry.ts";
import { entryName } from "../../app/catalog/protocol/log.ts";
import type { ObjectStore } from "../../app/storage/object-store.ts";
import { newPhoto } from "./photo-fixture.ts";

/** An entry that adds so many photos, `photo-{seq}-{index}`. */
export function entryOf(seq: number, photos = 1): Entry<Effect> {
  return {
    version: 1,
    seq,
    id: `entry-${seq}`,
    by: "test",
    at: "2026-01-01T00:00:00.000Z",
    commands: Array.from({ length: photos }, (_, index) => {
      const photo = recordedPhoto({ ...newPhoto(`photo-${seq}-${index}`), private: true });
      return {
        idempotencyKey: `key-${seq}-${index}`,
        request: hashRequest(photo.id),
        subject: photo.id,
        effects: [{ kind: "photo-added", photo }],
        bytes: photo.sizeBytes,
      };
    }),
  };
}

/** Writes the log that as many uploads, some at once, would have left. */
export async function writeEntries(
  store: ObjectStore,
  owner: string,
  entries: number,
  photosInEach = 1,
): Promise<void> {
  for (let seq = 1; seq <= entries; seq++) {
    const bytes = encodeEntry(entryOf(seq, photosInEach));
    await store.put(entryName(owner, seq), bytes, { ifAbsent: true });
  }
}
