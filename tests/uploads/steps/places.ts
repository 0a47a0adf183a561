import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { StorageStandIn, startStorageStandIn } from "../../../local/google-apis/storage/storage-stand-in.ts";
import { grain } from "../../pictures/sample-pictures.ts";
import { type Place, bucketsOf } from "./grounds.ts";

/** Larger than the unit in which Cloud Storage keeps bytes, by something behind the picture: quick to decode. */
export const movingPhoto = Buffer.concat([
  await grain(90, 60).jpeg().toBuffer(),
  Buffer.alloc(300_000, "moving half "),
]);

export interface Places {
  /** A folder that is removed when the file's tests are over, with all places in it. */
  readonly scratch: string;
  /** One that nobody else has, on disk or with buckets in the storage stand-in; only while tests run. */
  readonly newPlace: (kind: Place["kind"]) => Place;
}

/** For one file of tests. */
export function providePlaces(): Places {
  const scratch = mkdtempSync(join(tmpdir(), "imgstream-steps-"));
  const standIn = new StorageStandIn({ allows: () => true });
  let server: Awaited<ReturnType<typeof startStorageStandIn>>;
  let count = 0;

  beforeAll(async () => {
    server = await startStorageStandIn(standIn);
  });
  afterAll(async () => {
    await server.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  return {
    scratch,
    newPlace(kind) {
      const number = count++;
      const folder = join(scratch, String(number));
      if (kind === "disk") return { kind, folder };
      const place = { kind, folder, origin: server.origin, number } as const;
      for (const bucket of Object.values(bucketsOf(place))) standIn.createBucket(bucket);
      return place;
    },
  };
}
