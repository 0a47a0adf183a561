import { Life } from "../life.ts";
import type { Random } from "../random.ts";
import { type AccountProcess, type AccountsWorld, dayLength, startProcess } from "./account-process.ts";
import type { AccountsHistory, KeptPhoto } from "./accounts-history.ts";

/** So often, of all changes, a worker is stopped in the middle of one, for days. */
const stopped = 0.1;

/**
 * Does something to photos by what it was told of them, sooner or later: nobody's sign-in leads there. Now and then it
 * stands still in the middle of that until another day.
 */
export async function workSometimes(
  { timeline, random }: AccountsWorld,
  { catalog, life: worker }: AccountProcess,
  history: AccountsHistory,
  until: number,
): Promise<void> {
  const life = new Life(timeline, random);
  while (timeline.now < until) {
    await life.sleep(random.delay(400));
    if (timeline.now >= until || history.photos.length === 0) continue;
    void touch(random, catalog, random.pick(history.photos), history);
    if (!random.chance(stopped)) continue;
    await life.sleep(random.between(0, 40));
    worker.fallAsleep(random.whole(2, 4) * dayLength);
  }
}

/** Opens the logs of those who are being deleted, at any moment of that. */
export async function workDuring(
  world: AccountsWorld,
  history: AccountsHistory,
  deleting: Promise<unknown>,
): Promise<void> {
  const { timeline, random } = world;
  const life = new Life(timeline, random);
  const ofEach = [...new Map(history.photos.map((one) => [one.userId, one])).values()];
  let isOver = ofEach.length === 0;
  void deleting.finally(() => {
    isOver = true;
  });
  while (true) {
    await life.sleep(random.delay(30));
    if (isOver) return;
    void touch(random, startProcess(world).catalog, random.pick(ofEach), history);
  }
}

/** What it was told long ago reaches it when nothing is left of whom it is about. */
export async function workOnEach(
  { random }: AccountsWorld,
  { catalog }: AccountProcess,
  history: AccountsHistory,
): Promise<void> {
  for (const photo of new Map(history.photos.map((one) => [one.userId, one])).values()) {
    await touch(random, catalog, photo, history);
  }
}

async function touch(
  random: Random,
  catalog: AccountProcess["catalog"],
  { userId, key, subject }: KeptPhoto,
  { touched }: AccountsHistory,
): Promise<void> {
  const command = {
    kind: "favorite-photo",
    photoId: `${key}-${subject}`,
    favorite: random.chance(0.5),
  } as const;
  const idempotencyKey = random.uuid();
  try {
    await catalog.execute(userId, command, { idempotencyKey });
    touched.push({ key: idempotencyKey });
  } catch {
    // Nobody waits for it.
  }
}
