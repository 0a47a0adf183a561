import type { Random } from "./random.ts";

/** Where the simulated clock begins. */
export const beginning = Date.parse("2026-11-23T08:00:00Z");

const hour = 3600_000;
/** Two machines differ by less than a day: an idempotency key is kept that long by the time that entries tell. */
const mostHours = 11;

interface Setting {
  /** Time of the simulation. */
  readonly from: number;
  /** Milliseconds that the clock is ahead by. */
  readonly off: number;
}

/** How much later it is on every machine after a night in which nothing happens: long enough for keys to expire. */
export const nightMilliseconds = 25 * hour;

/** One machine's, off by so much all the time, or set now and then: on or back, by seconds or by hours. */
export class Clock {
  readonly #usual: number;
  readonly #settings: readonly Setting[];

  readonly #nights: readonly number[];

  /** @param nights times of the simulation at which a night passes, for all machines */
  constructor(nights: readonly number[] = [], usual = 0, settings: readonly Setting[] = []) {
    this.#nights = nights;
    this.#usual = usual;
    this.#settings = settings;
  }

  /** What it shows at a time of the simulation, in milliseconds since 1970. */
  at(time: number): number {
    return this.#shown(time, (from) => from <= time);
  }

  /**
   * What it showed at both ends of a time of the simulation, and before and after each setting in between: between two
   * of these it only went on.
   */
  during(start: number, end: number): readonly number[] {
    const changes = [...this.#settings.map(({ from }) => from), ...this.#nights];
    const between = changes
      .filter((from) => start < from && from <= end)
      .toSorted((one, other) => one - other);
    const around = between.flatMap((time) => [this.#shown(time, (from) => from < time), this.at(time)]);
    return [this.at(start), ...around, this.at(end)];
  }

  /** How much longer than the simulated time it took until then, for the nights. */
  nights(time: number): number {
    return this.#nights.filter((night) => night <= time).length * nightMilliseconds;
  }

  #shown(time: number, isPast: (from: number) => boolean): number {
    const off = this.#settings.findLast(({ from }) => isPast(from))?.off ?? this.#usual;
    return Math.floor(beginning + time + off + this.#nights.filter(isPast).length * nightMilliseconds);
  }
}

export function clockOf(random: Random, nights: readonly number[], usual: number, until: number): Clock {
  const settings: Setting[] = [];
  for (let from = random.between(0, until); random.chance(0.4); from = random.between(from, until)) {
    const most = random.pick([5000, hour, mostHours * hour]);
    settings.push({ from, off: random.between(-most, most) });
  }
  return new Clock(nights, usual, settings);
}
