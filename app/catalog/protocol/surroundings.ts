import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { randomUUID } from "../../late-crypto.ts";

/**
 * Everything that the protocol takes from outside besides store and view, so that the same code runs under the
 * simulation, where time, chance and order come from a seed.
 */
export interface Surroundings {
  /** The clock on the wall, milliseconds since 1970. May jump. */
  now(): number;
  /** A clock that only goes forward, in milliseconds. */
  elapsed(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Between pieces of long work: whoever waits for this process has a turn. */
  breathe(): Promise<void>;
  uuid(): string;
  /** At least 0, below 1. */
  random(): number;
}

export const realSurroundings: Surroundings = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (milliseconds) => sleep(milliseconds),
  breathe: () => nextTurn(),
  uuid: () => randomUUID(),
  random: () => Math.random(),
};
