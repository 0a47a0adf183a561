import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { finishProcessing } from "../../app/photos/finish-processing.ts";
import { createProcessingQueue } from "../../app/photos/processing-queue.ts";
import { createHeicDecoder } from "../../app/pictures/heic-decoder.ts";
import { createPictures } from "../../app/pictures/pictures.ts";
import { createTestIssuer } from "../app/iap-issuer.ts";
import { Victim, killAt, withEach } from "./killed/kill.ts";
import { type VictimTask, ways } from "./killed/victim.ts";
import { expectCompleted, expectReconciled, expectWholePhotos } from "./steps/aftermath.ts";
import { type Place, openGround } from "./steps/grounds.ts";
import { isLooking } from "./steps/interrupted.ts";
import { beginLife } from "./steps/life.ts";
import { movingPhoto as bytes, providePlaces } from "./steps/places.ts";
import { simply } from "./steps/ways.ts";

const heic = readFileSync(join(import.meta.dirname, "../pictures/fixtures/turned.heic"));
const heicPictures = createPictures({
  heic: createHeicDecoder({ program: join(import.meta.dirname, "../../app/main.ts") }),
  decodeBytes: Infinity,
});
const issuer = await createTestIssuer();
const { scratch, newPlace } = providePlaces();
const file = join(scratch, "photo.jpg");

beforeAll(() => writeFileSync(file, bytes));

/** What an upload asks of stores and sessions where nobody is killed. */
async function stepsOf(kind: Place["kind"], way: keyof typeof ways): Promise<readonly string[]> {
  const life = await beginLife(openGround(newPlace(kind), issuer));
  await ways[way](life, bytes);
  await life.close();
  return life.steps.names;
}

/** Every moment at which another process could end: before each step that changes something, and after the last. */
function moments(names: readonly string[]): NonNullable<VictimTask["halt"]>[] {
  const before = names.flatMap((name, step) => (isLooking(name) ? [] : [{ step, when: "before" } as const]));
  return [...before, { step: names.length - 1, when: "after" }];
}

test.each([
  ["disk", "inParts"],
  ["cloud", "inParts"],
] as const)(
  "a process killed by the system at each step of an upload (%s, %s) leaves the photo whole or nothing, and the next one completes it",
  { timeout: 180_000 },
  async (kind, way) => {
    const names = await stepsOf(kind, way);
    const all = moments(names);
    expect(all.length).toBeGreaterThan(4);
    await withEach(all, availableParallelism(), async (halt) => {
      const place = newPlace(kind);
      const at = await killAt({ place, halt, work: { kind: "upload", way, file } });
      expect(at).toBe(names[halt.step]);
      const ground = openGround(place, issuer);
      const life = await beginLife(ground);
      expect(await expectWholePhotos(ground, life, bytes)).toBeLessThanOrEqual(1);
      await expectCompleted(ways[way], ground, life, bytes);
      await expectReconciled(ground, life);
      await life.close();
    });
  },
);

/** A photo whose pictures the worker must make. */
async function processingPhoto() {
  const place = newPlace("disk");
  const ground = openGround(place, issuer);
  const life = await beginLife(ground);
  const { status, body } = await simply(life, heic);
  await life.close();
  expect([status, body["state"]]).toEqual([202, "processing"]);
  return { place, ground, request: { userId: String(body["user_id"]), photoId: String(body["id"]) } };
}

/** The event comes again, as it does to who has not acknowledged it: the photo is whole, and nothing else is left. */
async function expectProcessed({
  ground,
  request,
}: Awaited<ReturnType<typeof processingPhoto>>): Promise<void> {
  const life = await beginLife(ground);
  const { catalog, media, uploads, inbox } = life;
  const processing = createProcessingQueue(uploads);
  const found = await catalog.photo(request.userId, request.photoId);
  expect(["processing", "ready"]).toContain(found?.state);
  const outcome = await finishProcessing(
    { catalog, media, inbox, processing, pictures: heicPictures },
    request,
  );
  expect(outcome).toBe(found?.state === "ready" ? "settled" : "derived");
  expect(await expectWholePhotos(ground, life, heic)).toBe(1);
  await expectReconciled(ground, life);
  await life.close();
}

test(
  "a worker killed by the system at each step of a HEIC photo leaves it as it was or whole, and the next event finishes it",
  { timeout: 180_000 },
  async () => {
    const whole = await processingPhoto();
    const victim = new Victim({ place: whole.place, work: { kind: "process", request: whole.request } });
    const { names, outcome } = await victim.word("ended");
    await victim.end();
    expect(outcome).toBe("derived");
    expect(names.filter((name) => !isLooking(name))).toEqual([
      "media put thumbnails/…/…_thumb.v1.webp",
      "media put previews/…/…_preview.v1.jpg",
      "records put catalog/…/log/….json",
      "uploads delete temp/processing/…/…",
    ]);
    await withEach(moments(names), availableParallelism(), async (halt) => {
      const photo = await processingPhoto();
      await killAt({ place: photo.place, halt, work: { kind: "process", request: photo.request } });
      await expectProcessed(photo);
    });
  },
);

test.skipIf(process.platform !== "linux")(
  "a worker killed while its decoder runs, and a decoder killed under its worker, cost the photo nothing (Linux)",
  { timeout: 60_000 },
  async () => {
    const [one, other] = [await processingPhoto(), await processingPhoto()];
    const worker = new Victim({ place: one.place, work: { kind: "process", request: one.request } });
    await worker.word("decodes");
    const orphan = await worker.childPid();
    await worker.kill();
    await expectProcessed(one);
    await expect.poll(() => isRunning(orphan), { timeout: 20_000 }).toBe(false);

    const survivor = new Victim({ place: other.place, work: { kind: "process", request: other.request } });
    await survivor.word("decodes");
    process.kill(await survivor.childPid(), "SIGKILL");
    expect((await survivor.word("ended")).outcome).toContain("ended by SIGKILL; it is tried again");
    await survivor.end();
    await expectProcessed(other);
  },
);

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
