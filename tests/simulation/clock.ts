import type { Random } from "./random.ts";

/** How far a machine's clock is off at a time of the simulation, in milliseconds. */
export type Clock = (time: number) => number;

const hour = 3600_000;
/** Two machines differ by less than a day: an idempotency key is kept that long by the time that entries tell. */
const mostHours = 11;

/** One that is off by so much all the time, or that is set now and then: on or back, by seconds or by hours. */
export function clockOf(random: Random, usual: number, until: number): Clock {
  const settings: { readonly from: number; readonly off: number }[] = [];
  for (let from = random.between(0, until); random.chance(0.4); from = random.between(from, until)) {
    const most = random.pick([5000, hour, mostHours * hour]);
    settings.push({ from, off: random.between(-most, most) });
  }
  return (time) => settings.findLast(({ from }) => from <= time)?.off ?? usual;
}
