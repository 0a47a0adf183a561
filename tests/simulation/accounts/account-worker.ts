import { Life } from "../life.ts";
import type { Random } from "../random.ts";
import { type AccountProcess, type AccountsWorld, startProcess } from "./account-process.ts";
import type { AccountsHistory, KeptPhoto } from "./accounts-history.ts";

/** Does something to photos by what it was told of them, sooner or later: nobody's sign-in leads there. */
export async function workSometimes(
  { timeline, random }: AccountsWorld,
  { catalog, life }: AccountProcess,
  { photos }: AccountsHistory,
  until: number,
): Promise<void> {
  while (timeline.now < until) {
    await life.sleep(random.delay(400));
    if (timeline.now >= until || photos.length === 0) continue;
    void touch(random, catalog, random.pick(photos));
  }
}

/** Opens the logs of those who are being deleted, at any moment of that. */
export async function workDuring(
  world: AccountsWorld,
  { photos }: AccountsHistory,
  deleting: Promise<unknown>,
): Promise<void> {
  const { timeline, random } = world;
  const life = new Life(timeline, random);
  const ofEach = [...new Map(photos.map((one) => [one.userId, one])).values()];
  let isOver = ofEach.length === 0;
  void deleting.finally(() => {
    isOver = true;
  });
  while (true) {
    await life.sleep(random.delay(30));
    if (isOver) return;
    void touch(random, startProcess(world).catalog, random.pick(ofEach));
  }
}

/** What it was told long ago reaches it when nothing is left of whom it is about. */
export async function workOnEach(
  { random }: AccountsWorld,
  { catalog }: AccountProcess,
  { photos }: AccountsHistory,
): Promise<void> {
  for (const photo of new Map(photos.map((one) => [one.userId, one])).values()) {
    await touch(random, catalog, photo);
  }
}

async function touch(
  random: Random,
  catalog: AccountProcess["catalog"],
  { userId, key, subject }: KeptPhoto,
): Promise<void> {
  const command = {
    kind: "favorite-photo",
    photoId: `${key}-${subject}`,
    favorite: random.chance(0.5),
  } as const;
  await catalog.execute(userId, command, { idempotencyKey: random.uuid() }).catch(() => undefined);
}
