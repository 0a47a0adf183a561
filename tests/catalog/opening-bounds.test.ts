import { expect, test, vi } from "vitest";
import type { Command } from "../../app/catalog/command.ts";
import { OpenPeople } from "../../app/catalog/open-people.ts";
import { OpeningQueue } from "../../app/catalog/opening-queue.ts";
import type { Effect } from "../../app/catalog/person/effects.ts";
import { type PersonAnswer, personModel } from "../../app/catalog/person/person-model.ts";
import type { PersonTables } from "../../app/catalog/person/tables.ts";
import { CatalogClosedError } from "../../app/catalog/protocol/errors.ts";
import { realSurroundings } from "../../app/catalog/protocol/surroundings.ts";
import type { ViewEngine } from "../../app/catalog/protocol/view.ts";
import { usableMemory } from "../../app/usable-memory.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import type { MemoryView } from "../simulation/memory-view.ts";
import { countingEngine } from "./counting-engine.ts";
import { newKey } from "./fixtures.ts";

const never = { ...realSurroundings, sleep: () => new Promise<void>(() => {}) };

test("ten thousand requests may wait for a catalog to be opened, and not one more", async () => {
  const queue = new OpeningQueue<string>(never);
  const owners = Array.from({ length: 10_000 }, (_, index) => `person-${index % 100}`);
  const waiting = Promise.allSettled(owners.map((owner) => queue.wait(owner)));
  expect(queue.size).toBe(100);
  await expect(queue.wait("person-1")).rejects.toMatchObject({
    code: "catalog-busy",
    message: expect.stringContaining("10000 requests wait"),
  });
  // Everyone who waits for the same catalog.
  queue.admitFirst((owner) => `view of ${owner}`);
  const late = Promise.allSettled(Array.from({ length: 100 }, () => queue.wait("late")));
  await expect(queue.wait("late")).rejects.toMatchObject({ code: "catalog-busy" });
  queue.refuseAll(new CatalogClosedError());
  const outcomes = [...(await waiting), ...(await late)];
  const admitted = outcomes.filter(({ status }) => status === "fulfilled");
  const expected = { status: "fulfilled", value: "view of person-0" };
  expect(admitted).toEqual(Array.from({ length: 100 }, () => expected));
  expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(10_000);
});

function openByDefault(engine: ViewEngine<MemoryView>) {
  return new OpenPeople<MemoryView, PersonTables, Command, Effect, PersonAnswer>({
    store: createMemoryStore(),
    engine,
    model: personModel,
    surroundings: realSurroundings,
    writer: "test",
  });
}

async function everybodySignsIn(everybody: ReturnType<typeof openByDefault>, count: number): Promise<void> {
  const command = { kind: "see-sign-in", email: "a@example.com", name: null } as const;
  const owners = Array.from({ length: count }, (_, index) => `person-${index}`);
  await Promise.all(owners.map((owner) => everybody.of(owner).submit(command, newKey())));
}

test("unless it is said otherwise a thousand catalogs are open at once, and further people wait for their turn", async () => {
  const { engine, counts } = countingEngine(0);
  const everybody = openByDefault(engine);
  await everybodySignsIn(everybody, 1020);
  expect(counts.most).toBe(1000);
  await everybody.close();
});

test("unless it is said otherwise views take a quarter of what the process may use", async () => {
  const { engine, counts } = countingEngine(usableMemory() / 4 / 10.5);
  const everybody = openByDefault(engine);
  await everybodySignsIn(everybody, 14);
  await vi.waitFor(() => expect(counts.open).toBeLessThanOrEqual(10));
  expect(counts).toEqual({ open: 10, most: 14 });
  await everybody.close();
});
