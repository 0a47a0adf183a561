import type { Surroundings } from "../../app/catalog/protocol/surroundings.ts";
import { Clock } from "./clock.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/**
 * One process from its start to its crash. After the crash nothing that it waits for ever comes, which is what a
 * crash at each of its awaits amounts to; what it sent is still delivered.
 */
export class Life {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly clock: Clock;
  isOver = false;
  #awakeAt = 0;

  constructor(timeline: Timeline, random: Random, clock = new Clock()) {
    this.timeline = timeline;
    this.random = random;
    this.clock = clock;
  }

  /** Does it after the delay if the process still lives then; one that sleeps does it when it awakes. */
  deliver(delay: number, act: () => void): void {
    this.timeline.after(delay, () => {
      if (this.isOver) return;
      const asleep = this.#awakeAt - this.timeline.now;
      if (asleep > 0) this.deliver(asleep, act);
      else act();
    });
  }

  /** The whole process stands still, as one does that gets no processor; what it sent is still delivered. */
  fallAsleep(duration: number): void {
    this.#awakeAt = Math.max(this.#awakeAt, this.timeline.now + duration);
  }

  promise<R>(start: (resolve: (value: R) => void, reject: (error: unknown) => void) => void): Promise<R> {
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    if (!this.isOver) start(resolve, reject);
    return promise;
  }

  sleep(delay: number): Promise<void> {
    return this.promise((resolve) => this.deliver(delay, resolve));
  }

  surroundings(): Surroundings {
    return {
      now: () => this.clock.at(this.timeline.now),
      elapsed: () => this.timeline.elapsed() + this.clock.nights(this.timeline.now),
      sleep: (milliseconds) => this.sleep(milliseconds),
      breathe: () => Promise.resolve(),
      uuid: () => this.random.uuid(),
      random: () => this.random.next(),
    };
  }
}
