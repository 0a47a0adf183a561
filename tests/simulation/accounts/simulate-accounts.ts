import { limits } from "../../../app/http/limits.ts";
import { crc32cOf } from "../../../app/storage/crc32c.ts";
import { Bucket } from "../bucket.ts";
import { Clock } from "../clock.ts";
import { Life } from "../life.ts";
import { Random } from "../random.ts";
import { Timeline } from "../timeline.ts";
import { calm, rot, weatherOf } from "../weather.ts";
import { findAccountFaults } from "./account-checks.ts";
import { findUnentered } from "./directory-check.ts";
import { type AccountProcess, type AccountsWorld, dayLength, startProcess } from "./account-process.ts";
import { letInAgain } from "./account-request.ts";
import { longestWait, visit } from "./account-visit.ts";
import { workDuring, workOnEach, workSometimes } from "./account-worker.ts";
import type { AccountsHistory } from "./accounts-history.ts";

const days = 4;
/** First the sign-ins that still lead to closed accounts, then that none does, then what they left. */
const lastRuns = 4;
/** What was written during the last deletion is found by a run, and deleted by the next. */
const quietRuns = 2;
/** Of a day, people come for so long in all: at once, or in a few shifts that are minutes apart. */
const working = 1500;
const minute = 60_000;
/** A process stands still for so long once a day: with the wait of a request less than a request may take. */
const longestSleep = limits.requestMilliseconds - longestWait - 10_000;
const mostEvents = 200_000;

export interface AccountsOutcome {
  readonly seed: number;
  readonly faults: readonly string[];
  readonly counts: AccountsCounts;
  readonly fingerprint: string;
}

/** How much of what a run had. */
export interface AccountsCounts {
  photos: number;
  closed: number;
  deleted: number;
  crashes: number;
  /** Processes that fell asleep. */
  slept: number;
  /** Of the organisation's log. */
  segments: number;
}

/**
 * A few people who sign in, add photos and close their accounts, through several processes at once that end, or fall
 * asleep for minutes, at any moment; maintenance deletes what closed accounts leave behind, now and then while people
 * come.
 */
export async function simulateAccounts(seed: number): Promise<AccountsOutcome> {
  const random = new Random(seed);
  const timeline = new Timeline();
  const bucket = new Bucket(() => timeline.elapsed());
  const nights = Array.from({ length: days + lastRuns + quietRuns }, (_, day) => (day + 1) * dayLength - 100);
  const clock = new Clock(nights);
  let faults = weatherOf(random);
  const weather = faults;
  const world: AccountsWorld = { timeline, random, bucket, clock, faults: () => faults };
  const subjects = Array.from({ length: random.whole(1, 2) }, (_, index) => `subject-${index + 1}`);
  const history: AccountsHistory = {
    subjects,
    photos: [],
    touched: [],
    closing: new Set(),
    subjectOf: new Map(),
  };
  const processes = Array.from({ length: random.whole(1, 3) }, () => startProcess(world));
  let worker = startProcess(world);
  const counts: AccountsCounts = { photos: 0, closed: 0, deleted: 0, crashes: 0, slept: 0, segments: 0 };
  const unentered: string[] = [];
  const story = async () => {
    const life = new Life(timeline, random);
    for (let day = 0; day < days; day++) {
      faults = weather;
      // None that runs on through the night forgets who is closed.
      if (random.chance(0.5)) restart(world, processes);
      if (random.chance(0.2)) worker = startProcess(world);
      const dozed = new Set<Life>();
      const shifts = random.whole(1, 4);
      const gone = new Set<string>();
      for (let shift = 0; shift < shifts; shift++) {
        const until = timeline.now + working / shifts;
        await Promise.all([
          ...[...subjects, ...subjects].map((subject, index) =>
            visit(world, processes, history, { subject, name: `${day}-${shift}-${index}`, until, gone }),
          ),
          crash(world, processes, counts, until),
          doze(world, processes, counts, dozed, until),
          maintain(world, life, until),
          workSometimes(world, worker, history, until),
          rot(bucket, timeline, random, weather.damage, until),
        ]);
        const typical = random.pick([1000, minute / 2, 8 * minute]);
        if (shift < shifts - 1) await life.sleep(Math.min(random.delay(typical), 20 * minute));
      }
      faults = { ...weather, ...calm };
      // Before midnight: on the next day everybody is entered anew.
      await life.sleep((day + 1) * dayLength - 200 - timeline.now);
      unentered.push(...findUnentered(bucket).map((fault) => `on day ${day} ${fault}`));
      await life.sleep((day + 1) * dayLength - timeline.now);
    }
    // Who comes again finishes what was stopped; who does not leaves it to maintenance.
    const refused = random.chance(0.5) ? await letInAgain(processes, history) : [];
    const last = startProcess(world);
    for (let run = 0; run < lastRuns + quietRuns; run++) {
      const deleting = last.deleteClosed();
      await Promise.all([deleting, run < lastRuns && workDuring(world, history, deleting)]);
      await life.sleep((days + run + 1) * dayLength - timeline.now);
    }
    await workOnEach(world, worker, history);
    return [
      ...refused,
      ...unentered,
      ...(await findAccountFaults(bucket, history, (subject) => last.people.userIdOf(subject))),
    ];
  };
  const found = await tell(timeline, story);
  for (const { life } of processes) life.isOver = true;
  counts.photos = history.photos.length;
  counts.closed = history.closing.size;
  counts.deleted = bucket.buriedEntries;
  counts.segments = bucket.list("catalog/organisation/segments/").length;
  const names = bucket.list("").map(({ name, sizeBytes }) => `${name} ${sizeBytes}`);
  const fingerprint = crc32cOf(Buffer.from(JSON.stringify([history.photos, [...history.closing], names])));
  return { seed, faults: found, counts, fingerprint };
}

async function tell(timeline: Timeline, story: () => Promise<string[]>): Promise<readonly string[]> {
  let told: string[] | undefined;
  let broken: unknown;
  const telling = story().then(
    (found) => {
      told = found;
    },
    (error: unknown) => {
      broken = error;
    },
  );
  try {
    await timeline.run(() => told !== undefined || broken !== undefined, mostEvents);
    if (told === undefined && broken === undefined)
      return ["nothing happens any more, and the story is not over"];
    await telling;
  } catch (error) {
    broken = error;
  }
  if (told !== undefined) return told;
  return [
    `the simulation broke: ${broken instanceof Error ? (broken.stack ?? broken.message) : String(broken)}`,
  ];
}

function restart(world: AccountsWorld, processes: AccountProcess[]): void {
  for (const index of processes.keys()) restartOne(world, processes, index);
}

function restartOne(world: AccountsWorld, processes: AccountProcess[], index: number): void {
  const process = processes[index];
  if (process !== undefined) process.life.isOver = true;
  processes[index] = startProcess(world);
}

async function crash(
  world: AccountsWorld,
  processes: AccountProcess[],
  counts: AccountsCounts,
  until: number,
): Promise<void> {
  const { timeline, random } = world;
  const life = new Life(timeline, random);
  while (timeline.now < until) {
    await life.sleep(random.delay(700));
    const index = random.whole(0, processes.length - 1);
    if (timeline.now >= until) return;
    counts.crashes++;
    restartOne(world, processes, index);
  }
}

/** Now and then a process falls asleep, in the middle of whatever it does; the same one not again on that day. */
async function doze(
  { timeline, random }: AccountsWorld,
  processes: readonly AccountProcess[],
  counts: AccountsCounts,
  dozed: Set<Life>,
  until: number,
): Promise<void> {
  const life = new Life(timeline, random);
  while (timeline.now < until) {
    await life.sleep(random.delay(200));
    const process = random.pick(processes);
    if (timeline.now >= until || dozed.has(process.life)) continue;
    dozed.add(process.life);
    counts.slept++;
    process.life.fallAsleep(random.between(0, random.pick([1000, longestSleep])));
  }
}

/** Once a shift at most but for what is begun again, and not always to its end. */
async function maintain(world: AccountsWorld, life: Life, until: number): Promise<void> {
  const { timeline, random } = world;
  await life.sleep(random.between(0, random.chance(0.5) ? 200 : Math.max(0, until - timeline.now)));
  if (random.chance(0.3)) return;
  do {
    const process = startProcess(world);
    void process.deleteClosed().catch(() => undefined);
    if (random.chance(0.5)) await life.sleep(random.delay(300));
    else await life.sleep(Math.max(0, until - timeline.now) + 3000);
    process.life.isOver = true;
  } while (random.chance(0.4));
}
