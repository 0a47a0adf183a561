import { OpenPeople } from "../../app/catalog/open-people.ts";
import type { Command } from "../../app/catalog/command.ts";
import type { Effect } from "../../app/catalog/person/effects.ts";
import { PhotoNotFoundError } from "../../app/catalog/person/errors.ts";
import { type PersonAnswer, personModel } from "../../app/catalog/person/person-model.ts";
import type { PersonTables } from "../../app/catalog/person/tables.ts";
import { decodeEntry } from "../../app/catalog/protocol/entry.ts";
import type { View } from "../../app/catalog/protocol/view.ts";
import { Bucket } from "./bucket.ts";
import { Life } from "./life.ts";
import { MemoryEngine } from "./memory-view.ts";
import { Random } from "./random.ts";
import { SimulatedStore } from "./simulated-store.ts";
import { Timeline } from "./timeline.ts";
import { calm } from "./weather.ts";

/** A person whom several instances write for at once, each without a break. */
export interface Contest {
  readonly seed: number;
  /** For each instance how long a message of its own is on its way to the store, typically, in milliseconds. */
  readonly ways: readonly number[];
  /** Whether every message takes exactly that long: then nothing is left to chance. */
  readonly isEven: boolean;
  /** Who writes through each of them, one command after the other. */
  readonly clients: number;
  readonly milliseconds: number;
  /** How long each of an instance's clients rests after an answer, in milliseconds, by instance. @default not at all */
  readonly rests?: readonly number[];
  /** The instance whose clients ask for what is refused. @default none */
  readonly refusedAt?: number;
}

export interface Standing {
  /** Entries of each instance. */
  readonly entries: readonly number[];
  /** Commands that were acknowledged, or refused for a reason of theirs, by instance. */
  readonly acknowledged: readonly number[];
  /** Errors that were told. */
  readonly errors: readonly string[];
  /** The longest that anyone waited for an answer, in milliseconds, by instance. */
  readonly longest: readonly number[];
  /** The most entries of others in a row, by instance. */
  readonly mostOfOthers: readonly number[];
}

const person = "person";

export async function contest({
  seed,
  ways,
  isEven,
  clients,
  milliseconds,
  rests = [],
  refusedAt,
}: Contest): Promise<Standing> {
  const random = new Random(seed);
  const timeline = new Timeline();
  const bucket = new Bucket(() => timeline.elapsed());
  const acknowledged = ways.map(() => 0);
  const longest = ways.map(() => 0);
  const errors: string[] = [];
  const life = new Life(timeline, random);
  const write = async (
    index: number,
    client: number,
    submit: (command: Command, key: string) => Promise<unknown>,
  ) => {
    for (let count = 0; timeline.now < milliseconds; count++) {
      const began = timeline.now;
      const email = `${index}-${client}-${count}@example.com`;
      const command: Command =
        index === refusedAt
          ? { kind: "trash-photo", photoId: email }
          : { kind: "see-sign-in", email, name: null };
      try {
        await submit(command, email).catch((error: unknown) => {
          if (!(error instanceof PhotoNotFoundError)) throw error;
        });
        acknowledged[index] = (acknowledged[index] ?? 0) + 1;
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error));
        await life.sleep(1);
      }
      const rest = rests[index] ?? 0;
      longest[index] = Math.max(longest[index] ?? 0, timeline.now - began);
      if (rest > 0) await life.sleep(rest);
    }
  };
  const writing = ways.flatMap((way, index) => {
    const delay = isEven ? () => way : () => random.delay(way);
    const people = new OpenPeople<View, PersonTables, Command, Effect, PersonAnswer>({
      store: new SimulatedStore(bucket, life, () => calm, delay),
      engine: new MemoryEngine(personModel.tables),
      model: personModel,
      surroundings: life.surroundings(),
      writer: `${index}`,
    });
    return Array.from({ length: clients }, async (_, client) => {
      await life.sleep(random.between(0, 20));
      await write(index, client, (command, key) => people.of(person).submit(command, key));
    });
  });
  let isOver = false;
  const end = Promise.all(writing).finally(() => {
    isOver = true;
  });
  await timeline.run(() => isOver, 10_000_000);
  await end;
  const writers = bucket.list(`catalog/${person}/log/`).map(({ name }, index) => {
    const bytes = bucket.get(name)?.bytes ?? Buffer.of();
    return Number(decodeEntry(bytes, index + 1, personModel).by);
  });
  return {
    entries: ways.map((_, index) => writers.filter((writer) => writer === index).length),
    acknowledged,
    errors,
    longest,
    mostOfOthers: ways.map((_, index) => mostInARow(writers, (writer) => writer !== index)),
  };
}

function mostInARow<T>(items: readonly T[], isCounted: (item: T) => boolean): number {
  let most = 0;
  let count = 0;
  for (const item of items) {
    count = isCounted(item) ? count + 1 : 0;
    most = Math.max(most, count);
  }
  return most;
}
