import type { OpenLimits, Person } from "../../app/catalog/open-people.ts";
import type { Bucket } from "./bucket.ts";
import type { Clock } from "./clock.ts";
import { Life } from "./life.ts";
import type { Random } from "./random.ts";
import type { AnyCommand, Engines } from "./owners.ts";
import type { CatalogOf, Release } from "./release.ts";
import { SimulatedStore, type StoreFaults } from "./simulated-store.ts";
import { SimulatedEngine, type SimulatedView, type ViewFaults } from "./simulated-views.ts";
import type { Counts } from "./simulation.ts";
import type { Timeline } from "./timeline.ts";
import type { EntryPut } from "./writer-age.ts";

export interface Faults extends StoreFaults, ViewFaults {}

export interface World {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly bucket: Bucket;
  readonly engines: Engines;
  /** They may change while the simulation goes on. */
  readonly faults: () => Faults;
  readonly limits: OpenLimits;
  readonly counts: Counts;
  /** Times at which a night passes that nobody works in. */
  readonly nights: readonly number[];
  /** All that instances sent. */
  readonly entryPuts: EntryPut[];
  /** Those that are deployed in this run, one and then another. */
  readonly releases: readonly Release[];
  /** The last one of them, which reads whatever any of them writes. */
  readonly newest: Release;
}

/** One running copy of the service's catalog: the very code of app/catalog, in simulated surroundings. */
export class Instance {
  readonly number: number;
  readonly #world: World;
  readonly clock: Clock;
  #life: Life | undefined;
  #engines: Readonly<Record<keyof Engines, SimulatedEngine>> | undefined;
  #store: SimulatedStore | undefined;
  #catalogOf: CatalogOf<SimulatedView> | undefined;
  /** What it runs, or ran last. */
  release: Release;

  constructor(world: World, number: number, clock: Clock) {
    this.#world = world;
    this.number = number;
    this.clock = clock;
    this.release = world.newest;
  }

  get isRunning(): boolean {
    return this.#life !== undefined && !this.#life.isOver;
  }

  /** Log objects that were asked for since the start. */
  get logReads(): number {
    return this.#store?.logReads ?? 0;
  }

  /** @param release @default any of those of this run: forward, and back again */
  start(release?: Release): void {
    const { timeline, random, bucket, engines, faults, limits, counts, releases, entryPuts } = this.#world;
    this.release = release ?? random.pick(releases);
    const life = new Life(timeline, random, this.clock);
    this.#life = life;
    this.#engines = {
      person: new SimulatedEngine(engines.person, life, faults, counts),
      organisation: new SimulatedEngine(engines.organisation, life, faults, counts),
    };
    this.#store = new SimulatedStore(bucket, life, faults);
    this.#store.onEntryPut = (put) => entryPuts.push({ instance: this.number, ...put });
    this.#catalogOf = this.release.openCatalogs({
      store: this.#store,
      engines: this.#engines,
      surroundings: life.surroundings(),
      writer: `instance-${this.number}`,
      limits,
      notify: ({ kind }) => {
        if (kind === "snapshot-skipped") counts.skippedSnapshots++;
        else if (kind === "view-discarded") counts.discardedViews++;
      },
    });
  }

  crash(): void {
    if (this.#life !== undefined) this.#life.isOver = true;
    this.#catalogOf = undefined;
    for (const engine of Object.values(this.#engines ?? {})) void engine.tidyUp();
  }

  /** What an entry changed, by the log; undefined while this is down. */
  touchedRows(owner: string, sequence: number): ReturnType<Release["touchedRows"]> | undefined {
    const { segmentLength } = this.#world.limits;
    return this.isRunning && this.#store !== undefined
      ? this.release.touchedRows(this.#store, owner, sequence, segmentLength)
      : undefined;
  }

  /** Undefined while it is down. */
  of(owner: string): Person<SimulatedView, AnyCommand, unknown> | undefined {
    return this.#catalogOf?.(owner);
  }
}
