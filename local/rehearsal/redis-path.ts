import { setTimeout as pause } from "node:timers/promises";
import type { RedisServer } from "../redis/redis-server.ts";
import { behind } from "./behind.ts";
import { expectStatus } from "./reply-check.ts";
import { colleague, person, staff, type Stage } from "./stage.ts";
import type { Reply } from "./visitor.ts";

/** What is asked so often that it is refused: of the lowest limit that a reading has, and counted before it is answered 400. */
const search = "/v1/photos?q=hill&limit=0";

/** Each of them has sent nothing of the kind yet. */
const askers = [person, colleague, ...staff];

/**
 * Two instances of web count one person's requests together in Redis, and go on by themselves while it is gone: nobody
 * is told of it.
 */
export async function walkRedis(stage: Stage): Promise<string> {
  const { world, containers } = stage.platform;
  const [instance] = world.state.all({ collection: "redis.projects.locations.instances" });
  const server = instance === undefined ? undefined : containers.redis.serverOf(instance.name);
  const service = world.state
    .all({ collection: "run.projects.locations.services" })
    .find(({ name }) => name.endsWith("-web"));
  if (server === undefined || service === undefined) throw new Error("Redis or web does not run");
  const scaledIn = await containers.scaleOut(service.name);
  try {
    const bothSay = async (state: "here" | "away"): Promise<void> => {
      for (let attempt = 0; ; attempt += 1) {
        const logs = containers.logsOf(service.name);
        if (logs.every((log) => lastState(log) === state)) return;
        if (attempt === 1_000)
          throw new Error(`Redis is not '${state}' for both instances\n${behind(stage)}`);
        await pause(10);
      }
    };
    await bothSay("here");
    const { limit, refused } = await countTogether(stage, service.name, () => bothSay("here"));
    const keys = keysOf(server);
    await server.kill();
    await bothSay("away");
    const visitor = stage.visitor();
    await visitor.signIn(person);
    for (let turn = 0; turn < 6; turn += 1) {
      expectStatus(stage, "asking while Redis is gone", await visitor.ask("GET", "/v1/users/me"), 200);
    }
    await server.start();
    await bothSay("here");
    return (
      `two instances let ${limit} searches at once through together and refused ${refused}; ${keys} keys in Redis, each ` +
      "with an end; Redis killed: both answered by themselves, and found it again when it was back"
    );
  } finally {
    await scaledIn();
  }
}

interface CountedTogether {
  readonly limit: number;
  readonly refused: number;
}

/**
 * Asks until two instances refuse together what each would let through. Where Redis was slow and they went on by
 * themselves, as they should, or the machine was, somebody else asks again.
 *
 * @throws Error where they do not count together
 */
async function countTogether(
  stage: Stage,
  service: string,
  bothHere: () => Promise<void>,
): Promise<CountedTogether> {
  const { containers } = stage.platform;
  const timesAway = () => containers.logsOf(service).flat().filter(saysAway).length;
  for (const who of askers) {
    await bothHere();
    const [before, began] = [timesAway(), performance.now()];
    const { limit, refused } = await askTogether(stage, who);
    if (refused > 0) return { limit, refused };
    const seconds = (performance.now() - began) / 1000;
    // By then as much is free again as one instance lets through at once.
    const wasSlow = seconds * 10 > limit / 2;
    if (timesAway() === before && !wasSlow) {
      throw new Error(
        `two instances let through twice what one may: they do not count in Redis\n${behind(stage)}`,
      );
    }
  }
  throw new Error(
    `this machine is too slow to see whether two instances count in Redis: ${askers.length} people asked, and either Redis did not answer within the app's 100 ms or the requests took too long\n${behind(stage)}`,
  );
}

/** Asks for as much as two instances would let through that count for themselves. */
async function askTogether(stage: Stage, who: string): Promise<CountedTogether> {
  const visitor = stage.visitor();
  await visitor.signIn(who);
  const first = await visitor.ask("GET", search);
  expectStatus(stage, "a search", first, 400);
  const limit = Number(first.headers["ratelimit-limit"]);
  const wanted = 2 * (limit - 4);
  const replies = await Promise.all(Array.from({ length: wanted }, () => visitor.ask("GET", search)));
  const refused = replies.filter(({ status }) => status === 429);
  const strange = replies.find(({ status }) => status !== 400 && status !== 429);
  if (strange !== undefined) expectStatus(stage, "many searches", strange, 429);
  if (refused.some((reply) => !isPaced(reply))) throw new Error("a refusal does not say when to come again");
  return { limit, refused: refused.length };
}

function saysAway(line: string): boolean {
  return line.includes('"redis":"away"');
}

function isPaced({ headers }: Reply): boolean {
  return Number(headers["retry-after"]) >= 1;
}

/** @throws Error where one would stay for ever */
function keysOf(server: RedisServer): number {
  const keys = server.ask("--scan", "--pattern", "imgstream:*").split("\n");
  const endless = keys.filter((key) => server.ask("pttl", key) === "-1");
  if (endless.length > 0) throw new Error(`nothing ends these keys in Redis: ${endless.join(", ")}`);
  if (!keys.some((key) => key.startsWith("imgstream:limit:"))) throw new Error("nothing is counted in Redis");
  return keys.length;
}

/** As the app said last. */
function lastState(log: readonly string[]): string | undefined {
  return log.flatMap((line) => /"redis":"(\w+)"/.exec(line)?.[1] ?? []).at(-1);
}
