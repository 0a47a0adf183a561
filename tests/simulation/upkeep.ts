import { type PublishedEvent, publishedEvents } from "../../app/catalog/outbox/published-event.ts";
import { isDeepStrictEqual } from "node:util";
import { Clock } from "./clock.ts";
import type { World } from "./instance.ts";
import { Life } from "./life.ts";
import type { Release } from "./release.ts";
import { readPersonLog } from "./reference.ts";
import { SimulatedStore } from "./simulated-store.ts";
import { findTold } from "./telling-objects.ts";

const day = 24 * 3600 * 1000;

/**
 * Longer than one window of reads is on its way. A view may have found the slot of a purge free before, and must not read
 * what the purge took out: in the service a day lies between the two.
 */
const longestReadMilliseconds = 700;

/** What maintenance and the worker do beside people: redact what was purged, publish what happened. */
export class SimulatedUpkeep {
  readonly #world: World;
  readonly #owners: readonly string[];
  /** What reached the topic, by its owner. */
  readonly #published = new Map<string, PublishedEvent[]>();
  #runs = 0;

  constructor(world: World, owners: readonly string[]) {
    this.#world = world;
    this.#owners = owners;
  }

  /** One process after the other until the given time, some of them at once, each ended before it is done or not. */
  async work(until: number): Promise<void> {
    const { random, timeline } = this.#world;
    const life = new Life(timeline, random);
    while (timeline.now < until) {
      await life.sleep(random.delay(400));
      const process = new Life(timeline, random);
      const owner = random.pick(this.#owners);
      const release = random.pick(this.#world.releases);
      const work = random.chance(0.5)
        ? this.#redact(process, owner, release)
        : this.#publish(process, owner, release);
      void work.catch(() => undefined);
      // Several at once, each of which finds more to forget than the one before.
      while (random.chance(0.5)) {
        await life.sleep(random.delay(60));
        void this.#redact(new Life(timeline, random), owner, release).catch(() => undefined);
      }
      await life.sleep(random.delay(150));
      if (random.chance(0.5)) process.isOver = true;
    }
  }

  /** Once more in good weather; then everything must be as if nothing had ever been stopped. */
  async endWell(): Promise<string[]> {
    const { random, timeline, newest } = this.#world;
    const faults: string[] = [];
    for (const owner of this.#owners) {
      const life = new Life(timeline, random);
      for (const _ of [1, 2, 3]) await this.#redact(life, owner, newest);
      await this.#publish(life, owner, newest);
      faults.push(...(await findTold(this.#world, owner)), ...this.#findUnpublished(owner));
    }
    return faults;
  }

  async #redact(life: Life, owner: string, release: Release): Promise<void> {
    const { counts, limits, nights } = this.#world;
    // Every purge is due at once, and no run waits for the one before.
    const now = new Clock(nights).at(life.timeline.now) + ++this.#runs * day + day;
    const { segmentLength } = limits;
    const store = this.#storeOf(life);
    store.rewriteDelay = longestReadMilliseconds;
    const redaction = await release.redactPurged(store, owner, { now, segmentLength });
    counts.redacted += redaction.entries;
  }

  async #publish(life: Life, owner: string, release: Release): Promise<void> {
    const published = this.#published.get(owner) ?? [];
    this.#published.set(owner, published);
    await release.publishOutbox(this.#storeOf(life), owner, {
      now: () => new Clock(this.#world.nights).at(life.timeline.now),
      segmentLength: this.#world.limits.segmentLength,
      publish: async (events) => {
        const { lostAnswer, lostRequest } = this.#world.faults();
        await life.sleep(life.random.delay(10));
        if (life.random.chance(lostRequest)) throw new Error("simulated: the topic was not reached");
        published.push(...events);
        if (life.random.chance(lostAnswer)) throw new Error("simulated: the topic's answer was lost");
      },
    });
  }

  #storeOf(life: Life): SimulatedStore {
    return new SimulatedStore(this.#world.bucket, life, this.#world.faults);
  }

  /** Everything at least once; first times in the log's order. */
  #findUnpublished(owner: string): string[] {
    const wanted = readPersonLog(this.#world.bucket, owner, this.#world.newest).flatMap(({ entry }) =>
      publishedEvents(owner, entry),
    );
    const firsts = [...new Set((this.#published.get(owner) ?? []).map(nameOf))];
    return isDeepStrictEqual(firsts, wanted.map(nameOf))
      ? []
      : [`${owner}: published first were ${firsts.join(" ").slice(0, 300)}, of ${wanted.length} events`];
  }
}

function nameOf({ seq, part }: PublishedEvent): string {
  return `${seq}.${part}`;
}
