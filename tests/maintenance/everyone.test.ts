import { expect, test } from "vitest";
import { type PersonalUpkeep, walkOverEveryone } from "../../app/maintenance/everyone.ts";
import { createWalkPosition } from "../../app/maintenance/walk-position.ts";
import { createMemoryStore } from "../app/memory-store.ts";

async function isClosed(userId: string): Promise<boolean> {
  return userId === "closed";
}

async function createEveryone(...people: readonly string[]) {
  const records = createMemoryStore();
  for (const userId of people) {
    await records.put(`identities/${userId}.json`, Buffer.from(JSON.stringify({ version: 1, userId })));
  }
  return { records, catalog: { isClosed } };
}

/** Upkeep that says whose turn it was, and fails at one. */
function upkeepOf(name: string, turns: string[], failsAt?: string) {
  const figures = { people: 0 };
  return {
    figures,
    failing: `people were not ${name}`,
    async work(userId) {
      turns.push(`${name} ${userId}`);
      if (userId === failsAt) throw new Error(`${name} cannot`);
      figures.people += 1;
    },
    last: async () => void turns.push(`${name} last`),
  } as const satisfies PersonalUpkeep;
}

test("one walk does everything for one person after the other, each kind with its own faults", async () => {
  const ground = await createEveryone("anna", "ben", "closed");
  let lists = 0;
  const { records } = ground;
  const list = records.list.bind(records);
  records.list = (...parameters) => {
    lists += 1;
    return list(...parameters);
  };
  const turns: string[] = [];
  const took: string[] = [];
  const purge = upkeepOf("purged", turns, "anna");
  const publish = upkeepOf("published", turns);
  const faults = await walkOverEveryone(ground, [purge, publish], {
    onTurn: (upkeep, seconds) => took.push(`${upkeep.failing} ${seconds >= 0}`),
  });
  expect(turns).toEqual([
    "purged anna",
    "published anna",
    "purged ben",
    "published ben",
    "purged last",
    "published last",
  ]);
  expect(lists).toBe(1);
  expect(faults.map((fault) => fault?.message)).toEqual(["1 people were not purged", undefined]);
  expect([purge.figures.people, publish.figures.people]).toEqual([1, 2]);
  expect(took).toHaveLength(4);
});

test("whose catalog cannot be asked is told, and the others have their turn", async () => {
  const { records } = await createEveryone("anna", "ben");
  const unread = new Error("entry 2 is damaged");
  const catalog = {
    isClosed: (userId: string) => (userId === "anna" ? Promise.reject(unread) : isClosed(userId)),
  };
  const turns: string[] = [];
  const told: unknown[] = [];
  const upkeeps = [upkeepOf("purged", turns), upkeepOf("published", turns)];
  const onUnread = (...parameters: readonly unknown[]) => void told.push(parameters);
  const faults = await walkOverEveryone({ records, catalog }, upkeeps, { onUnread });
  expect(told).toEqual([["anna", unread]]);
  expect(turns).toEqual(["purged ben", "published ben", "purged last", "published last"]);
  expect(faults.map((fault) => fault?.errors)).toEqual([[unread], [unread]]);
});

const logTo = (lines: string[]) => ({
  warn: (_fields: unknown, line?: string) => void lines.push(line ?? ""),
});

test("a walk that was stopped is gone on with, and the next one is whole again", async () => {
  const people = ["anna", "ben", "carla", "dora"];
  const ground = await createEveryone(...people);
  const uploads = createMemoryStore();
  let time = 0;
  const lines: string[] = [];
  const options = { log: logTo(lines), now: () => (time += 11_000) };
  const walk = async (stopsAt?: string, tasks: readonly string[] = ["purge"]) => {
    time += 60_000;
    const turns: string[] = [];
    const upkeep = upkeepOf("purged", turns);
    const position = createWalkPosition(uploads, tasks, options);
    const stopping = {
      ...position,
      note: async (reached: string) => {
        await position.note(reached);
        if (reached.includes(stopsAt ?? "nobody")) throw new Error("stopped");
      },
    };
    await walkOverEveryone(ground, [upkeep], { position: stopping }).catch(() => {});
    return turns;
  };
  expect(await walk("ben")).toEqual(["purged anna", "purged ben"]);
  expect(await walk(undefined, ["redact"])).toHaveLength(5);
  expect(await walk()).toEqual(["purged carla", "purged dora", "purged last"]);
  expect(await walk()).toHaveLength(5);
  await uploads.put("temp/walks/purge.json", Buffer.from("not JSON"));
  expect(await walk()).toHaveLength(5);
  expect(await uploads.read("temp/walks/purge.json")).toBeUndefined();
  expect(lines).toEqual([]);
});

/** Positions of as many runs as a test begins, all by one clock. */
function createRuns() {
  const uploads = createMemoryStore();
  const lines: string[] = [];
  const clock = { time: 1_000_000 };
  const begin = () => createWalkPosition(uploads, ["purge"], { log: logTo(lines), now: () => clock.time });
  const kept = async () => {
    const found = await uploads.read("temp/walks/purge.json");
    const note: unknown = found && JSON.parse(Buffer.from(found.bytes).toString("utf8"));
    return note;
  };
  return { uploads, lines, clock, begin, kept };
}

test("where a walk is, is kept now and then rather than for each person", async () => {
  const { clock, begin, kept } = createRuns();
  const position = begin();
  await position.note("identities/anna.json");
  expect(await kept()).toBeUndefined();
  clock.time += 10_000;
  await position.note("identities/ben.json");
  await position.note("identities/carla.json");
  expect(await kept()).toMatchObject({ reached: "identities/ben.json" });
  await position.forget();
  expect(await kept()).toBeUndefined();
});

test("a run that is under way is not taken for one that was stopped, and its note stays its own", async () => {
  const { clock, begin, kept, lines } = createRuns();
  const first = begin();
  clock.time += 50_000;
  const second = begin();
  await first.note("identities/ben.json");
  clock.time += 10_000;
  expect(await second.read()).toBeUndefined();
  await second.note("identities/anna.json");
  await second.forget();
  expect(await kept()).toMatchObject({ reached: "identities/ben.json" });
  clock.time += 50_000;
  await second.note("identities/carla.json");
  await first.forget();
  expect(await kept()).toMatchObject({ reached: "identities/carla.json" });
  clock.time += 60_000;
  expect(await begin().read()).toBe("identities/carla.json");
  expect(lines).toEqual([]);
});

test("where a walk that was gone on with is stopped again at once, the next begins with the first person", async () => {
  const { clock, begin } = createRuns();
  const stopped = begin();
  clock.time += 10_000;
  await stopped.note("identities/ben.json");
  clock.time += 60_000;
  expect(await begin().read()).toBe("identities/ben.json");
  clock.time += 600_000;
  expect(await begin().read()).toBeUndefined();
});

test.for(["read", "put", "delete"] as const)(
  "a position whose store cannot %s costs nobody's turn and no fault, and is said",
  async (failing) => {
    const ground = await createEveryone("anna", "ben");
    const { uploads, clock, begin, lines } = createRuns();
    const position = begin();
    Object.assign(uploads, { [failing]: () => Promise.reject(new Error("store away")) });
    const turns: string[] = [];
    const upkeep = upkeepOf("purged", turns, "anna");
    const onTurn = () => void (clock.time += 11_000);
    const [fault] = await walkOverEveryone(ground, [upkeep], { position, onTurn });
    expect(turns).toEqual(["purged anna", "purged ben", "purged last"]);
    expect(fault?.message).toBe("1 people were not purged");
    expect(new Set(lines)).toEqual(new Set(["the walk goes on without its position"]));
  },
);
