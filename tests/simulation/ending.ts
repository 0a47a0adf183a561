import { isDeepStrictEqual } from "node:util";
import { Clock } from "./clock.ts";
import { Client } from "./client.ts";
import type { Copy, History } from "./history.ts";
import { Instance, type World } from "./instance.ts";
import { organisation } from "./owners.ts";
import { storedCopy } from "./stored-copy.ts";
import type { SimulatedUpkeep } from "./upkeep.ts";
import { harm } from "./weather.ts";

/**
 * When the weather has cleared everything must work again, copies hold what their names say and nothing that was purged,
 * and a view made anew must be the one that was live.
 */
export async function endWell(
  world: World,
  instances: readonly Instance[],
  history: History,
  owners: readonly string[],
  upkeep: SimulatedUpkeep,
): Promise<string[]> {
  const found: string[] = [];
  const fresh = new Instance(world, instances.length + 1, new Clock(world.nights));
  for (const owner of owners) {
    const last = new Client(world, instances, history, owner, `last-of-${owner}`);
    for (const instance of instances) found.push(...(await commandOnceMore(last, instance, owner)));
    for (const instance of instances) found.push(...(await lookOnceMore(last, instance, history)));
    fresh.start(world.newest);
    found.push(...(await lookOnceMore(last, fresh, history)));
    fresh.crash();
  }
  // Before the snapshots go that it is about.
  found.push(...(await upkeep.endWell()));
  for (const owner of owners) {
    await collectCopies(world, owner, history);
    const last = new Client(world, instances, history, owner, `rebuilder-of-${owner}`);
    found.push(...(await rebuild(world, last, fresh, history, owner)));
    found.push(...(await heal(world, last, fresh, history, owner)));
  }
  return found;
}

/** Those that are damaged hold nothing. */
async function collectCopies(world: World, owner: string, { copies }: History): Promise<void> {
  for (const { name } of world.bucket.list(`catalog/${owner}/snapshots/`)) {
    const contents = await storedCopy(world, owner, name);
    if (contents !== undefined) copies.push({ owner, name, ...contents });
  }
}

async function commandOnceMore(client: Client, instance: Instance, owner: string): Promise<string[]> {
  const email = `${instance.number}@example.org`;
  const order = client.newCommand(
    owner === organisation
      ? { kind: "see-member", salt: "salt", userId: `last-${instance.number}`, email, name: null }
      : { kind: "see-sign-in", email, name: null },
  );
  await client.send(order, instance);
  const told = order.attempts.at(-1)?.told;
  const isAnswered = told?.kind === "done" || (told?.kind === "refused" && told.code === "account-closed");
  return isAnswered ? [] : [`instance ${instance.number} does not take commands of ${owner} any more`];
}

async function lookOnceMore(client: Client, instance: Instance, history: History): Promise<string[]> {
  await client.look(instance);
  const look = history.looks.at(-1);
  return look === undefined || "error" in look.seen
    ? [`instance ${instance.number} does not answer ${look?.owner ?? ""} any more`]
    : [];
}

/** Without any snapshot, from segments and the log: right, and reading few objects. */
async function rebuild(
  { bucket, limits, newest }: World,
  client: Client,
  fresh: Instance,
  history: History,
  owner: string,
): Promise<string[]> {
  for (const { name } of bucket.list(`catalog/${owner}/snapshots/`)) bucket.delete(name);
  const entries = bucket.list(`catalog/${owner}/log/`).length;
  const { segmentLength } = limits;
  const covered = soundSegments(bucket, owner, segmentLength) * segmentLength;
  fresh.start(newest);
  const found = await lookOnceMore(client, fresh, history);
  // Windows double, so at most about as many again are looked for beyond the end.
  const most = 2 * (entries - covered) + 3;
  if (fresh.logReads > most) {
    found.push(
      `a rebuild read ${fresh.logReads} log objects; ${covered} of ${entries} entries are in segments`,
    );
  }
  await fresh.of(owner)?.keepUp(0);
  fresh.crash();
  return found;
}

/** The one snapshot that a rebuild left is harmed, in whatever way: nobody is told otherwise, and another takes its place. */
async function heal(
  world: World,
  client: Client,
  fresh: Instance,
  history: History,
  owner: string,
): Promise<string[]> {
  const { bucket, newest, random } = world;
  const [snapshot, ...others] = bucket.list(`catalog/${owner}/snapshots/`);
  if (snapshot === undefined || others.length > 0)
    return [`a rebuild of ${owner} left ${others.length} copies, not one`];
  const { name } = snapshot;
  // Another release's copy of the same moment would be as good.
  const isSame = (copy: Copy) => copy.owner === owner && copy.contents.position.sequence === entriesIn(name);
  const strays = history.copies.filter((copy) => !isSame(copy));
  harm(bucket, name, random, strays.length === 0 ? undefined : random.pick(strays).bytes);
  fresh.start(newest);
  const found = await lookOnceMore(client, fresh, history);
  await fresh.of(owner)?.keepUp(0);
  fresh.crash();
  const healed = await storedCopy(world, owner, name);
  const seen = history.looks.at(-1)?.seen;
  return isDeepStrictEqual(healed?.contents, seen)
    ? found
    : [...found, `${name} was harmed, and is not whole again`];
}

/** By the name of a snapshot. */
function entriesIn(name: string): number {
  return Number(name.split("/").at(-1));
}

/** How many from the first on are there and whole, without a gap; one that was left out for its size counts for none. */
function soundSegments(bucket: World["bucket"], owner: string, length: number): number {
  let leftOut = 0;
  let count = 0;
  for (const { name } of bucket.list(`catalog/${owner}/segments/`)) {
    const first = Number.parseInt(name.split("/").at(-1) ?? "", 10);
    if (first !== (count + leftOut) * length + 1 || !bucket.isSound(name)) break;
    if (bucket.isLeftOut(name)) leftOut++;
    else count++;
  }
  return count;
}
