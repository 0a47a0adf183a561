/** A sender slower than this keeps its room only while nobody waits for it; over the window, in bytes a second. */
export const leastBytesPerSecond = 32 * 1024;

/** What is judged is the average of the last so many checks; nothing is judged before. */
const windowChecks = 4;

/** Whoever waits for room waits 30 s at most: a slow sender is found well before. */
export const paceCheckSeconds = 5;

/** How fast a file has arrived lately. */
export class Pace {
  readonly #window: number[] = [];
  #sinceCheckBytes = 0;

  add(bytes: number): void {
    this.#sinceCheckBytes += bytes;
  }

  /**
   * Called every `paceCheckSeconds`.
   *
   * @returns bytes a second over the last 20 s; undefined before they have passed
   */
  check(): number | undefined {
    this.#window.push(this.#sinceCheckBytes);
    this.#sinceCheckBytes = 0;
    if (this.#window.length < windowChecks) return undefined;
    const bytes = this.#window.reduce((sum, one) => sum + one, 0);
    this.#window.shift();
    return bytes / (windowChecks * paceCheckSeconds);
  }
}

/** Does something again and again, until what this returns is called. */
export type Every = (seconds: number, work: () => void) => () => void;

export const byTheClock: Every = (seconds, work) => {
  const timer = setInterval(work, seconds * 1000);
  return () => clearInterval(timer);
};
