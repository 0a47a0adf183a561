import { expect } from "vitest";
import { reconcile } from "../../../app/maintenance/reconcile.ts";
import type { Finding } from "../../../app/maintenance/report.ts";
import { sweep } from "../../../app/maintenance/sweep.ts";
import { createProcessingQueue } from "../../../app/photos/processing-queue.ts";
import { createPictures } from "../../../app/pictures/pictures.ts";
import { testOrigin } from "../../app/test-server.ts";
import type { Ground, Life } from "./life.ts";
import type { Attempt } from "./ways.ts";

const hour = 3600 * 1000;

/** Every photo that the person sees is whole: its original byte for byte, its pictures, its receipt. @returns how many */
export async function expectWholePhotos(ground: Ground, life: Life, bytes: Buffer): Promise<number> {
  const { body } = await life.ask({ method: "GET", url: "/v1/photos" });
  const { photos } = body as { photos: Record<string, unknown>[] };
  for (const photo of photos) {
    const original = await ground.media.read(String(photo["storage_path"]));
    expect(original?.bytes.length).toBe(bytes.length);
    expect(bytes.equals(original?.bytes ?? new Uint8Array())).toBe(true);
    expect(photo).toMatchObject({ crc32c: original?.object.crc32c, generation: original?.object.generation });
    expect(photo["state"]).toBe("ready");
    for (const path of ["preview_path", "thumbnail_path"])
      expect(await ground.media.stat(String(photo[path]))).toBeDefined();
  }
  return photos.length;
}

/** The person's own repetition completes it, whatever happened before, and again gives the same photo. */
export async function expectCompleted(
  attempt: Attempt,
  ground: Ground,
  life: Life,
  bytes: Buffer,
): Promise<void> {
  const first = await attempt(life, bytes);
  const again = await attempt(life, bytes);
  expect(again.body["id"]).toBe(first.body["id"]);
  expect(await expectWholePhotos(ground, life, bytes)).toBe(1);
}

function upkeepOf(ground: Ground, { catalog, inbox }: Life, hours: number, note: (finding: Finding) => void) {
  const { media, records, uploads } = ground;
  return {
    catalog,
    media,
    records,
    uploads,
    inbox,
    note,
    pictures: createPictures(),
    processing: createProcessingQueue(uploads),
    sessions: ground.openSessions(uploads).sessions,
    publicOrigin: testOrigin,
    reportLeftover: () => {},
    now: () => Date.now() + hours * hour,
  };
}

/** What the upkeep of every ten minutes does once the client is gone. */
export async function sweepAfter(ground: Ground, life: Life, hours: number): Promise<void> {
  const { faults } = await sweep(upkeepOf(ground, life, hours, () => {}));
  expect(faults).toBe(0);
}

/** The night's run finds nothing lost and tidies up; after it there is no difference, and nothing on its way. */
export async function expectReconciled(ground: Ground, life: Life): Promise<void> {
  life.goAhead(72);
  await sweepAfter(ground, life, 72);
  await reconcile(upkeepOf(ground, life, 72, ({ kind }) => expect(kind).toBe("orphan")));
  const findings: Finding[] = [];
  const figures = await reconcile(upkeepOf(ground, life, 72, (finding) => findings.push(finding)));
  expect(findings).toEqual([]);
  expect(figures).toMatchObject({ left_alone: 0, repaired: 0, faults: 0 });
  expect(figures["objects"]).toBe(Number(figures["photos"]) * 3);
  const waiting: string[] = [];
  for await (const { name } of ground.uploads.list("")) waiting.push(name);
  expect(waiting).toEqual([]);
}
