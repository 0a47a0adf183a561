import { Life } from "../life.ts";
import type { AccountProcess, AccountsWorld } from "./account-process.ts";
import { ask } from "./account-request.ts";
import type { AccountsHistory } from "./accounts-history.ts";

/** So long one request of many waits, for its body perhaps; milliseconds. */
export const longestWait = 150_000;
const patienceMilliseconds = 3000;

export interface Visit {
  readonly subject: string;
  readonly name: string;
  readonly until: number;
  /** Who closed the account and does not come again on that day. */
  readonly gone: Set<string>;
}

/** One browser of somebody's, for a shift. */
export async function visit(
  { timeline, random }: AccountsWorld,
  processes: readonly AccountProcess[],
  history: AccountsHistory,
  { subject, name, until, gone }: Visit,
): Promise<void> {
  const life = new Life(timeline, random);
  let count = 0;
  while (timeline.now < until) {
    await life.sleep(random.delay(150));
    const process = random.pick(processes);
    if (timeline.now >= until || gone.has(subject)) return;
    const key = `photo-${name}-${++count}`;
    // What is closed late, and half-way, is found by a sign-in and by maintenance on the next day.
    const isLate = timeline.now > until - 200;
    const closes = random.chance(isLate ? 0.4 : 0.12);
    const stops = random.chance(isLate ? 0.8 : 0.3);
    if (closes && random.chance(0.5)) gone.add(subject);
    const wait = random.chance(0.2) ? random.between(0, random.pick([1000, longestWait])) : 0;
    const waits = random.chance(0.5) ? { start: wait, body: 0 } : { start: 0, body: wait };
    await patiently(life, ask(process, history, { subject, key, closes, stops, waits }));
  }
}

async function patiently(life: Life, work: Promise<unknown>): Promise<void> {
  await life.promise<void>((resolve) => {
    life.deliver(patienceMilliseconds, resolve);
    work.then(
      () => resolve(),
      () => resolve(),
    );
  });
}
