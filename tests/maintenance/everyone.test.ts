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

test("a walk that was stopped is gone on with, and the next one is whole again", async () => {
  const people = ["anna", "ben", "carla", "dora"];
  const ground = await createEveryone(...people);
  const uploads = createMemoryStore();
  let time = 0;
  const positionOf = (...tasks: string[]) => createWalkPosition(uploads, tasks, () => (time += 11_000));
  const walk = async (stopsAt?: string, tasks: readonly string[] = ["purge"]) => {
    const turns: string[] = [];
    const upkeep = upkeepOf("purged", turns);
    const position = positionOf(...tasks);
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
});

test("where a walk is, is kept now and then rather than for each person", async () => {
  const uploads = createMemoryStore();
  let time = 0;
  const position = createWalkPosition(uploads, ["purge"], () => time);
  const kept = async () => (await createWalkPosition(uploads, ["purge"]).read()) ?? "";
  await position.note("identities/anna.json");
  expect(await kept()).toBe("");
  time = 10_000;
  await position.note("identities/ben.json");
  await position.note("identities/carla.json");
  expect(await kept()).toBe("identities/ben.json");
  await position.forget();
  expect(await kept()).toBe("");
});
