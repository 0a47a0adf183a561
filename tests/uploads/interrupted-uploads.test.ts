import { describe, expect, test } from "vitest";
import { createTestIssuer } from "../app/iap-issuer.ts";
import { expectCompleted, expectReconciled, expectWholePhotos, sweepAfter } from "./steps/aftermath.ts";
import { openGround } from "./steps/grounds.ts";
import { type Interruption, Steps, isLooking } from "./steps/interrupted.ts";
import { type Ground, type Life, NoAnswerError, beginLife } from "./steps/life.ts";
import { movingPhoto as bytes, providePlaces } from "./steps/places.ts";
import { type Attempt, type Cut, behind, inParts, simply } from "./steps/ways.ts";

const issuer = await createTestIssuer();
const { newPlace } = providePlaces();

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
  { place: "on disk", open: () => openGround(newPlace("disk"), issuer) },
  { place: "in Cloud Storage", open: () => openGround(newPlace("cloud"), issuer) },
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
        const names = await stepsOf(attempt, open());
        expect(names).toEqual(expect.arrayContaining(expectedSteps(way, place)));
        for (const interruption of interruptionsOf(names, story.how)) {
          const { when, step } = interruption;
          await interrupt(attempt, open(), interruption, story.finish).catch((error: unknown) => {
            throw new Error(`${story.how} ${when} step ${step}, ${names[step]}`, { cause: error });
          });
        }
      },
    );

    test("the network breaks at each request: repeating completes it", { timeout: 300_000 }, async () => {
      let cuts = 0;
      for (const how of ["unheard", "half", "unanswered"] as const) {
        for (let request = 0; await breakNetwork(attempt, open(), { request, how }); request += 1) cuts += 1;
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
