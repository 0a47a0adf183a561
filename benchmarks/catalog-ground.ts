import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Catalogs, createCatalog } from "../app/catalog/create-catalog.ts";
import type { Effect } from "../app/catalog/person/effects.ts";
import { recordedPhoto } from "../app/catalog/person/photo-effects.ts";
import { type Entry, encodeEntry, hashRequest } from "../app/catalog/protocol/entry.ts";
import { entryName } from "../app/catalog/protocol/log.ts";
import { DiskObjectStore } from "../app/storage/disk-object-store.ts";
import { newPhoto } from "../tests/catalog/photo-fixture.ts";

const photosInEntry = 200;

export interface CatalogGround {
  readonly folder: string;
  readonly store: DiskObjectStore;
  /** Another process's catalogs, as it were: with an empty cache and nothing remembered. */
  open(): Promise<Catalogs>;
  close(): Promise<void>;
}

export function createCatalogGround(): CatalogGround {
  const folder = mkdtempSync(join(tmpdir(), "imgstream-bench-"));
  const store = new DiskObjectStore(join(folder, "records"));
  const opened: Catalogs[] = [];
  return {
    folder,
    store,
    async open() {
      const cacheFolder = join(folder, `cache-${opened.length}`);
      // Questions are measured, not what is remembered of their answers.
      const catalog = await createCatalog({ records: store, cacheFolder, memoBytes: 0 });
      opened.push(catalog);
      return catalog;
    },
    async close() {
      for (const catalog of opened) await catalog.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A photo as a phone makes it: its words, place, camera and time differ as those of a few years' photos do. */
export function benchmarkPhoto(index: number) {
  const minutes = index * 37;
  const takenAt = new Date(Date.UTC(2012, 0, 1) + minutes * 60_000).toISOString().slice(0, 19);
  return {
    ...newPhoto(
      `0193a5b8-${index.toString(16).padStart(4, "0").slice(-4)}-7000-8000-${String(index).padStart(12, "0")}`,
      {
        title: index % 10 === 0 ? `Søndag ${index} i Ålesund` : null,
        description: index % 25 === 0 ? "By the harbour, with a view over the fjord and the mountains" : null,
        filename: `IMG_${10_000 + index}.JPG`,
        tags: [["sea"], ["family", "summer"], [], ["work"]][index % 4] ?? [],
        takenAt,
        takenOffsetMinutes: 120,
        camera: ["Google Pixel 7", "Jolla", "NIKON D70"][index % 3] ?? null,
        lens: index % 3 === 2 ? "28 mm" : null,
        latitude: index % 5 === 0 ? null : 59 + (index % 1000) / 100,
        longitude: index % 5 === 0 ? null : 5 + (index % 700) / 100,
        thumbhash: Buffer.from(`${index} thumbhash of 24 bytes`).toString("base64"),
        metadata: { make: "Maker", model: "Model", exposureTimeSeconds: 0.004, fNumber: 1.8, iso: 100 },
        sizeBytes: 3_000_000 + index,
      },
    ),
    private: true,
  };
}

/** Writes a log with so many photos, as uploads would have. @returns the number of its last entry */
export async function writeLog(store: DiskObjectStore, owner: string, photos: number): Promise<number> {
  let sequence = 0;
  for (let first = 0; first < photos; first += photosInEntry) {
    sequence += 1;
    const count = Math.min(photosInEntry, photos - first);
    const at = new Date(Date.UTC(2026, 0, 1) + sequence * 1000).toISOString();
    const entry: Entry<Effect> = {
      version: 1,
      seq: sequence,
      id: `entry-${sequence}`,
      by: "benchmark",
      at,
      commands: Array.from({ length: count }, (_, index) => {
        const photo = recordedPhoto(benchmarkPhoto(first + index));
        return {
          idempotencyKey: `add-${first + index}`,
          request: hashRequest(photo.id),
          subject: photo.id,
          effects: [{ kind: "photo-added", photo }],
          bytes: photo.sizeBytes,
        };
      }),
    };
    await store.put(entryName(owner, sequence), encodeEntry(entry), { ifAbsent: true });
  }
  return sequence;
}
