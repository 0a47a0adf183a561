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

/** One machine's, off by so much all the time, or set now and then: on or back, by seconds or by hours. */
export class Clock {
  readonly #usual: number;
  readonly #settings: readonly Setting[];

  constructor(usual = 0, settings: readonly Setting[] = []) {
    this.#usual = usual;
    this.#settings = settings;
  }

  /** What it shows at a time of the simulation, in milliseconds since 1970. */
  at(time: number): number {
    return shown(time, this.#settings.findLast(({ from }) => from <= time)?.off ?? this.#usual);
  }

  /**
   * What it showed at both ends of a time of the simulation, and before and after each setting in between: between two
   * of these it only went on.
   */
  during(start: number, end: number): readonly number[] {
    const between = this.#settings.filter(({ from }) => start < from && from <= end);
    const around = between.flatMap(({ from, off }) => {
      const before = this.#settings.findLast((setting) => setting.from < from)?.off ?? this.#usual;
      return [shown(from, before), shown(from, off)];
    });
    return [this.at(start), ...around, this.at(end)];
  }
}

function shown(time: number, off: number): number {
  return Math.floor(beginning + time + off);
}

export function clockOf(random: Random, usual: number, until: number): Clock {
  const settings: Setting[] = [];
  for (let from = random.between(0, until); random.chance(0.4); from = random.between(from, until)) {
    const most = random.pick([5000, hour, mostHours * hour]);
    settings.push({ from, off: random.between(-most, most) });
  }
  return new Clock(usual, settings);
}
