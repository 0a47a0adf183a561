import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { StorageStandIn, startStorageStandIn } from "../../local/google-apis/storage/storage-stand-in.ts";
import { createTestIssuer } from "../app/iap-issuer.ts";
import { grain } from "../pictures/sample-pictures.ts";
import { expectCompleted, expectReconciled, expectWholePhotos, sweepAfter } from "./steps/aftermath.ts";
import { bucketsOf, openGround } from "./steps/grounds.ts";
import { type Interruption, Steps, isLooking } from "./steps/interrupted.ts";
import { type Ground, type Life, NoAnswerError, beginLife } from "./steps/life.ts";
import { type Attempt, type Cut, behind, inParts, simply } from "./steps/ways.ts";

/** Larger than the unit in which Cloud Storage keeps bytes, by something behind the picture: quick to decode. */
const bytes = Buffer.concat([await grain(90, 60).jpeg().toBuffer(), Buffer.alloc(300_000, "moving half ")]);
const issuer = await createTestIssuer();
let serial = 0;
let standIn: StorageStandIn;
let server: Awaited<ReturnType<typeof startStorageStandIn>>;

beforeAll(async () => {
  standIn = new StorageStandIn({ allows: () => true });
  server = await startStorageStandIn(standIn);
});
afterAll(() => server.close());

function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "imgstream-steps-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const onDisk = () => openGround({ kind: "disk", folder: scratchFolder() }, issuer);

async function inCloud(): Promise<Ground> {
  const place = { kind: "cloud", folder: scratchFolder(), origin: server.origin, number: serial++ } as const;
  for (const bucket of Object.values(bucketsOf(place))) standIn.createBucket(bucket);
  return openGround(place, issuer);
}

/** One attempt; what the client did not hear of does not matter. */
async function tryOnce(attempt: Attempt, life: Life): Promise<void> {
  await attempt(life, bytes).catch((error: unknown) => {
    if (!(error instanceof NoAnswerError)) throw error;
  });
}

interface Story {
  readonly how: Interruption["how"];
  /** Who completes what was interrupted. */
  readonly finish: "repeat" | "sweep";
}

async function stepsOf(attempt: Attempt, ground: Ground): Promise<readonly string[]> {
  const life = await beginLife(ground);
  await attempt(life, bytes);
  await life.close();
  return life.steps.names;
}

/** The same moment has two names: a process killed after one step is killed before the next. */
function interruptionsOf(names: readonly string[], how: Interruption["how"]): Interruption[] {
  return names.flatMap((name, step): Interruption[] => {
    if (how === "kill") return isLooking(name) ? [] : [{ step, when: "before", how }];
    const before: Interruption = { step, when: "before", how };
    return isLooking(name) ? [before] : [before, { step, when: "after", how }];
  });
}

async function interrupt(
  attempt: Attempt,
  ground: Ground,
  interruption: Interruption,
  finish: Story["finish"],
): Promise<void> {
  const interrupted = await beginLife(ground, new Steps(interruption));
  await tryOnce(attempt, interrupted);
  const { hasHappened, isDead } = interrupted.steps;
  expect(hasHappened).toBe(true);
  const life = isDead ? await beginLife(ground) : interrupted;
  if (isDead) await interrupted.close();
  expect(await expectWholePhotos(ground, life, bytes)).toBeLessThanOrEqual(1);
  if (finish === "repeat") await expectCompleted(attempt, ground, life, bytes);
  else {
    await sweepAfter(ground, life, 1);
    await expectWholePhotos(ground, life, bytes);
  }
  await expectReconciled(ground, life);
  if (finish === "sweep") await expectCompleted(attempt, ground, life, bytes);
  await life.close();
}

const grounds = [
  { place: "on disk", open: async () => onDisk() },
  { place: "in Cloud Storage", open: inCloud },
];
const ways: { way: string; attempt: Attempt }[] = [
  { way: "in one request", attempt: simply },
  { way: "in parts", attempt: inParts },
];
/** Of uploads in parts the first is told with processes that the system kills: killed-uploads.test.ts. */
const killedAndRepeated: Story = { how: "kill", finish: "repeat" };
const stories: Story[] = [
  { how: "kill", finish: "sweep" },
  { how: "fault", finish: "repeat" },
];

describe.each(grounds)("$place", ({ place, open }) => {
  describe.each(ways)("$way", ({ attempt, way }) => {
    test.each(attempt === simply ? [killedAndRepeated, ...stories] : stories)(
      "$how at each step, then $finish: the photo is whole or there is nothing, and repeating completes it",
      { timeout: 300_000 },
      async (story) => {
        const names = await stepsOf(attempt, await open());
        expect(names).toEqual(expect.arrayContaining(expectedSteps(way, place)));
        for (const interruption of interruptionsOf(names, story.how)) {
          const { when, step } = interruption;
          await interrupt(attempt, await open(), interruption, story.finish).catch((error: unknown) => {
            throw new Error(`${story.how} ${when} step ${step}, ${names[step]}`, { cause: error });
          });
        }
      },
    );

    test("the network breaks at each request: repeating completes it", { timeout: 300_000 }, async () => {
      let cuts = 0;
      for (const how of ["unheard", "half", "unanswered"] as const) {
        for (let request = 0; await breakNetwork(attempt, await open(), { request, how }); request += 1)
          cuts += 1;
      }
      expect(cuts).toBeGreaterThanOrEqual(3);
    });
  });
});

/** @returns whether there was so late a request */
async function breakNetwork(attempt: Attempt, ground: Ground, cut: Cut): Promise<boolean> {
  const life = await beginLife(ground);
  const cutOff = behind(life, cut);
  await tryOnce(attempt, cutOff);
  expect(await expectWholePhotos(ground, life, bytes)).toBeLessThanOrEqual(1);
  await expectCompleted(attempt, ground, life, bytes);
  await expectReconciled(ground, life);
  await life.close();
  return cutOff.wasCut();
}

/** Some that must be among them, so that the walk cannot miss them unseen. */
function expectedSteps(way: string, place: string): string[] {
  const storing = [
    "media put thumbnails/…/…_thumb.v1.webp",
    "media put previews/…/…_preview.v1.jpg",
    `media ${way === "in parts" ? "copy" : "put"} photos/…/….jpg`,
    "records put catalog/…/log/….json",
  ];
  if (way === "in one request") return storing;
  const arriving = place === "on disk" ? ["uploads put temp/uploads/…/…"] : ["uploads put temp/sessions/…/…"];
  const leaving = ["session remove", "uploads delete temp/uploads/…/…"];
  return [...storing, ...arriving, "session open", "uploads open temp/uploads/…/…", ...leaving];
}
