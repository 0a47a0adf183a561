import { isDeepStrictEqual } from "node:util";
import { keyLifetimeMilliseconds } from "../../app/catalog/protocol/replay.ts";
import type { Bucket } from "./bucket.ts";
import { checkInvariants, takenBytes } from "./invariants.ts";
import type { AnyCommand } from "./owners.ts";
import type { Release } from "./release.ts";
import type { Attempt, Copy, History, Look, Order } from "./history.ts";
import { type Moment, findWronglyUndone, momentOf } from "./undo-check.ts";
import { type Reference, type Verdict, type WrittenEntry, readLog, referenceOf } from "./reference.ts";

/** How old an answer may be, in milliseconds. */
const staleness = 1000;

interface Claim {
  readonly order: Order;
  readonly attempt: Attempt;
  /** Sequence numbers between which a state must bear the answer out. */
  readonly from: number;
  readonly to: number;
  /** Where the log ended when it was sent: only an old key may be answered from before. */
  readonly head: number;
}

/** Everything that is wrong with what one owner's clients were told, by the log as it lies in the bucket. */
export async function findFaults(
  owner: string,
  history: History,
  bucket: Bucket,
  release: Release,
): Promise<string[]> {
  const log = readLog(bucket, owner, release);
  const orders = history.orders.filter((order) => order.owner === owner);
  const looks = history.looks.filter((look) => look.owner === owner);
  const copies = history.copies.filter((copy) => copy.owner === owner);
  const head = (time: number) => log.findLastIndex(({ writtenAt }) => writtenAt <= time) + 1;
  return [
    ...findDoubled(log),
    ...findUnwritten(log, orders),
    ...findUntruthful(log, orders),
    ...findAfterClosing(log),
    ...looks.flatMap((look) => findBadLook(look, head)),
    ...(await replay(owner, log, orders, { looks, copies }, head)),
  ];
}

/** Numbers without gaps were checked while reading; times go forward, each key was written once in its day. */
function findDoubled(log: readonly WrittenEntry[]): string[] {
  const faults: string[] = [];
  const seen = new Map<string, number>();
  let before = "";
  for (const { entry } of log) {
    if (entry.at < before) faults.push(`entry ${entry.seq} is of ${entry.at}, before its predecessor`);
    before = entry.at;
    const at = Date.parse(entry.at);
    for (const { idempotencyKey } of entry.commands) {
      const earlier = seen.get(idempotencyKey);
      if (earlier !== undefined && at - earlier <= keyLifetimeMilliseconds)
        faults.push(`key ${idempotencyKey} was written again in entry ${entry.seq}`);
      seen.set(idempotencyKey, at);
    }
  }
  return faults;
}

/** How many commands were written under a key that stands in an earlier entry. */
export function countExpired(log: readonly WrittenEntry[]): number {
  const keys = log.flatMap(({ entry }) => entry.commands.map(({ idempotencyKey }) => idempotencyKey));
  return keys.length - new Set(keys).size;
}

/** The final entry is the last one, and its closing the last command in it. */
function findAfterClosing(log: readonly WrittenEntry[]): string[] {
  const commands = log.flatMap(({ entry }) => entry.commands);
  const closing = commands.findIndex(({ effects }) => effects.some(isClosing));
  return closing === -1 || closing === commands.length - 1
    ? []
    : [`${commands.length - 1 - closing} commands were written after the account was closed`];
}

/** What was acknowledged as an entry was in the bucket by then. */
function findUnwritten(log: readonly WrittenEntry[], orders: readonly Order[]): string[] {
  return orders.flatMap(({ key, attempts }) =>
    attempts.flatMap(({ told, end }) => {
      if (told.kind !== "done" || told.sequence === 0) return [];
      const written = log[told.sequence - 1];
      return written !== undefined && written.writtenAt <= end
        ? []
        : [`${key} was acknowledged as entry ${told.sequence}, which was not there`];
    }),
  );
}

/** What was said to be certainly not made was not made by that attempt. */
function findUntruthful(log: readonly WrittenEntry[], orders: readonly Order[]): string[] {
  const faults: string[] = [];
  for (const { entry, writtenAt } of log) {
    for (const { idempotencyKey } of entry.commands) {
      const attempts = orders.filter(({ key }) => key === idempotencyKey).flatMap((order) => order.attempts);
      const possible = attempts.some(
        ({ told, start }) => start <= writtenAt && ["done", "unknown", "unreadable"].includes(told.kind),
      );
      if (!possible)
        faults.push(`${idempotencyKey} is in entry ${entry.seq}; all who sent it were told it was not made`);
    }
  }
  return faults;
}

function findBadLook(look: Look, head: (time: number) => number): string[] {
  const who = `a look at instance ${look.instance} from ${look.start.toFixed(1)}`;
  const isForeign = look.tokenOwner !== look.owner;
  if (isForeign && !("error" in look.seen))
    return [`${who} took a token of ${look.tokenOwner} for one of ${look.owner}`];
  if ("error" in look.seen) {
    return !isForeign && look.seen.error === "invalid-token" && look.sequence <= head(look.start)
      ? [`${who} refused the token ${look.sequence}, and the log had ${head(look.start)} entries`]
      : [];
  }
  const { sequence } = look.seen.position;
  if (sequence < look.sequence)
    return [`${who} saw entry ${sequence}, and its token asked for ${look.sequence}`];
  if (sequence > head(look.end)) return [`${who} saw entry ${sequence} before it was written`];
  if (sequence < head(look.start - staleness)) {
    return [`${who} saw entry ${sequence}; ${head(look.start - staleness)} was written a second before`];
  }
  return [];
}

/** Goes through the log command by command and holds every answer against the states that it may speak of. */
async function replay(
  owner: string,
  log: readonly WrittenEntry[],
  orders: readonly Order[],
  { looks, copies }: Pick<History, "looks" | "copies">,
  head: (time: number) => number,
): Promise<string[]> {
  const faults: string[] = [];
  const reference = referenceOf(owner);
  const claims = new Set<Claim>();
  for (const order of orders) {
    for (const attempt of order.attempts) {
      if (attempt.told.kind !== "done" && attempt.told.kind !== "refused") continue;
      // The first answer to a key stays right however much has happened since.
      const first = attempt.told.kind === "done" ? attempt.told.sequence : Number.POSITIVE_INFINITY;
      const sent = head(attempt.start);
      claims.add({ order, attempt, from: Math.min(first, sent), to: head(attempt.end), head: sent });
    }
  }
  const settle = async (sequence: number) => {
    for (const claim of claims) {
      if (claim.from <= sequence && sequence <= claim.to && (await bearsOut(reference, claim, sequence)))
        claims.delete(claim);
    }
  };
  const hasUndo = orders.some(({ command }) => command.kind === "undo-entry");
  // After each entry, from before the first.
  const moments: Moment[] = hasUndo ? [momentOf(reference.view)] : [];
  await settle(0);
  faults.push(...(await compareLooks(reference, looks)));
  for (const { entry } of log) {
    for (const command of entry.commands) {
      const order = orders.find(
        ({ key, command: { kind } }) => key === command.idempotencyKey && kind !== undefined,
      );
      const commands = orders.filter(({ key }) => key === command.idempotencyKey).map((one) => one.command);
      if (order === undefined) faults.push(`nobody ordered ${command.idempotencyKey} of entry ${entry.seq}`);
      else if (!(await isValid(reference, commands, command, entry.at))) {
        faults.push(
          `${command.idempotencyKey} in entry ${entry.seq} does not follow from the state before it`,
        );
      }
      const undone = undoneBy(commands, entry.seq);
      const until = undone === undefined ? undefined : momentOf(reference.view);
      const taken = takenBytes(reference, entry.at);
      reference.layCommand(command, entry);
      const [before, after] = undone === undefined ? [] : [moments[undone - 1], moments[undone]];
      if (until !== undefined && before !== undefined && after !== undefined) {
        const wrong = findWronglyUndone({ before, after, until, since: momentOf(reference.view) });
        faults.push(...wrong.map((fault) => `undo of ${undone} in entry ${entry.seq}: ${fault}`));
      }
      faults.push(...checkInvariants(reference, entry, taken));
      await settle(entry.seq);
    }
    reference.endEntry(entry);
    if (hasUndo) moments.push(momentOf(reference.view));
    await settle(entry.seq);
    faults.push(...(await compareLooks(reference, looks)), ...(await findFalseCopies(reference, copies)));
  }
  for (const { order, attempt } of claims) {
    const told = JSON.stringify(attempt.told).slice(0, 300);
    faults.push(
      `${order.key} (${order.command.kind}) at instance ${attempt.instance}, ${attempt.start.toFixed(1)} to ${attempt.end.toFixed(1)}, was told ${told}, which no state in between bears out`,
    );
  }
  return faults;
}

/** Number of the entry that the command took back; undefined where it is another command, or may be. */
function undoneBy(commands: readonly AnyCommand[], sequence: number): number | undefined {
  const undone = new Set(commands.map((command) => (command.kind === "undo-entry" ? command.sequence : 0)));
  const [only = 0, ...others] = undone;
  return others.length === 0 && only > 0 && only < sequence ? only : undefined;
}

/** The effects are those that one of the commands sent under this key has on the state before it. */
async function isValid(
  reference: Reference,
  commands: readonly AnyCommand[],
  written: WrittenEntry["entry"]["commands"][number],
  at: string,
): Promise<boolean> {
  for (const command of commands) {
    const verdict = await reference.judge(command, written.idempotencyKey, at);
    if (
      verdict.kind === "accepted" &&
      isDeepStrictEqual(verdict.decision.effects, written.effects) &&
      verdict.decision.bytes === written.bytes
    ) {
      return true;
    }
  }
  return false;
}

/** Whether it was the right answer at some time that the instance's own clock showed while it was asked. */
async function bearsOut(reference: Reference, claim: Claim, sequence: number): Promise<boolean> {
  const times = claim.attempt.times.map((time) => Math.max(reference.view.position.at, time));
  for (const time of new Set(times)) {
    if (await bearsOutAt(reference, claim, sequence, new Date(time).toISOString())) return true;
  }
  return false;
}

async function bearsOutAt(
  reference: Reference,
  { order, attempt, head }: Claim,
  sequence: number,
  at: string,
): Promise<boolean> {
  const verdict = await reference.judge(order.command, order.key, at);
  const { told } = attempt;
  if (verdict.kind !== "known" && sequence < head) return false;
  if (told.kind === "refused") {
    if (verdict.kind === "known") return !verdict.isSameRequest && told.code === "idempotency-key-reused";
    return verdict.kind === "refused" && verdict.code === told.code;
  }
  if (told.kind !== "done") return true;
  if (verdict.kind === "known") {
    if (!verdict.isSameRequest || verdict.sequence !== told.sequence) return false;
  } else if (verdict.kind === "refused" || verdict.decision.effects.length > 0) return false;
  return isDeepStrictEqual(await reference.answer(subjectOf(verdict)), told.answer);
}

/** What the answer is about: as decided, or as was decided the first time. */
function subjectOf(verdict: Verdict): string | null {
  if (verdict.kind === "accepted") return verdict.decision.subject;
  return verdict.kind === "known" ? verdict.subject : null;
}

/** A snapshot holds the moment that its name says. */
async function findFalseCopies(reference: Reference, copies: readonly Copy[]): Promise<string[]> {
  const { sequence } = reference.view.position;
  const here = copies.filter(({ name }) => Number(name.split("/").at(-1)) === sequence);
  if (here.length === 0) return [];
  const expected = await reference.view.contents();
  return here
    .filter(({ contents }) => !isDeepStrictEqual(contents, expected))
    .map(({ name, contents }) => `${name} is not of its moment: it says ${contents.position.sequence}`);
}

async function compareLooks(reference: Reference, looks: readonly Look[]): Promise<string[]> {
  const { sequence } = reference.view.position;
  const here = looks.filter(({ seen }) => "position" in seen && seen.position.sequence === sequence);
  if (here.length === 0) return [];
  const expected = await reference.view.contents();
  return here
    .filter(({ seen }) => !isDeepStrictEqual(seen, expected))
    .map(({ instance, start, seen }) => {
      const detail = "tables" in seen ? firstDifference(seen.tables, expected.tables) : "";
      return `a look at instance ${instance} from ${start.toFixed(1)} saw another state ${sequence}: ${detail}`;
    });
}

function firstDifference(
  seen: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
): string {
  const table = Object.keys(expected).find((name) => !isDeepStrictEqual(seen[name], expected[name])) ?? "";
  return `${table}: ${JSON.stringify(seen[table])?.slice(0, 400)} instead of ${JSON.stringify(expected[table])?.slice(0, 400)}`;
}

function isClosing(effect: unknown): boolean {
  return (
    typeof effect === "object" && effect !== null && "kind" in effect && effect.kind === "account-closed"
  );
}
