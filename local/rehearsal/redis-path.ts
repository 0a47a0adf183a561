import { setTimeout as pause } from "node:timers/promises";
import type { RedisServer } from "../redis/redis-server.ts";
import { behind } from "./behind.ts";
import { expectStatus } from "./reply-check.ts";
import { colleague, person, type Stage } from "./stage.ts";
import type { Reply } from "./visitor.ts";

/** What is asked so often that it is refused: the lowest limit that a reading has. */
const search = "/v1/facets";

/**
 * Two instances of web count one person's requests together in Redis, and go on by themselves while it is gone: nobody
 * is told of it.
 */
export async function walkRedis(stage: Stage): Promise<string> {
  const { world, containers } = stage.platform;
  const [instance] = world.state.all({ collection: "redis.projects.locations.instances" });
  if (instance === undefined) return "no Redis is declared: each instance counts for itself";
  const server = containers.redis.serverOf(instance.name);
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
    const { limit, refused } =
      (await askTogether(stage, person)) ?? (await askTogether(stage, colleague)) ?? {};
    if (limit === undefined) {
      throw new Error(
        `two instances let through twice what one may: they do not count in Redis\n${behind(stage)}`,
      );
    }
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

/**
 * Asks for as much as two instances would let through that count for themselves.
 *
 * @returns undefined where nothing was refused
 */
async function askTogether(stage: Stage, who: string) {
  const visitor = stage.visitor();
  await visitor.signIn(who);
  const first = await visitor.ask("GET", search);
  expectStatus(stage, "a search", first, 200);
  const limit = Number(first.headers["ratelimit-limit"]);
  const wanted = 2 * (limit - 4);
  const replies = await Promise.all(Array.from({ length: wanted }, () => visitor.ask("GET", search)));
  const refused = replies.filter(({ status }) => status === 429);
  const strange = replies.find(({ status }) => status !== 200 && status !== 429);
  if (strange !== undefined) expectStatus(stage, "many searches", strange, 429);
  if (refused.some((reply) => !isPaced(reply))) throw new Error("a refusal does not say when to come again");
  return refused.length === 0 ? undefined : { limit, refused: refused.length };
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
