import { CatalogBusyError } from "./protocol/errors.ts";
import type { Surroundings } from "./protocol/surroundings.ts";

/** Requests that may wait until another person's catalog may be opened. */
const mostWaiting = 10_000;

/** Whoever waited so long is refused: views that are closed meanwhile may hang on a store that does not answer. */
const longestWaitMilliseconds = 30_000;

const lookedAtEveryMilliseconds = 1000;

interface Waiting<P> {
  readonly since: number;
  readonly resolve: (person: P) => void;
  readonly reject: (error: Error) => void;
}

/** Requests for catalogs that cannot be opened yet, by owner, who came first first. */
export class OpeningQueue<P> {
  readonly #surroundings: Surroundings;
  readonly #owners = new Map<string, Waiting<P>[]>();
  #requests = 0;
  #isWatched = false;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Owners whose catalogs are waited for. */
  get size(): number {
    return this.#owners.size;
  }

  /**
   * Waits for the owner's turn.
   *
   * @throws CatalogBusyError when 10,000 wait already, and after 30 s.
   */
  async wait(owner: string): Promise<P> {
    if (this.#requests >= mostWaiting) {
      throw new CatalogBusyError(`${mostWaiting} requests wait for a catalog to be opened`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<P>();
    const waiting = { since: this.#surroundings.elapsed(), resolve, reject };
    const others = this.#owners.get(owner);
    if (others === undefined) this.#owners.set(owner, [waiting]);
    else others.push(waiting);
    this.#requests++;
    if (!this.#isWatched) void this.#watch();
    return await promise;
  }

  /** Lets everyone go on who waits for the owner that came first, each with what `take` gives. */
  admitFirst(take: (owner: string) => P): void {
    for (const [owner, waiting] of this.#owners) {
      this.#owners.delete(owner);
      this.#requests -= waiting.length;
      for (const { resolve } of waiting) resolve(take(owner));
      return;
    }
  }

  refuseAll(error: Error): void {
    for (const waiting of this.#owners.values()) for (const { reject } of waiting) reject(error);
    this.#owners.clear();
    this.#requests = 0;
  }

  async #watch(): Promise<void> {
    this.#isWatched = true;
    while (this.#requests > 0) {
      await this.#surroundings.sleep(lookedAtEveryMilliseconds);
      const latest = this.#surroundings.elapsed() - longestWaitMilliseconds;
      for (const [owner, waiting] of this.#owners) {
        const patient = waiting.filter(({ since }) => since > latest);
        const tooLong = waiting.filter(({ since }) => since <= latest);
        if (patient.length > 0) this.#owners.set(owner, patient);
        else this.#owners.delete(owner);
        this.#requests -= tooLong.length;
        for (const { reject } of tooLong) {
          reject(
            new CatalogBusyError(
              `no catalog could be closed within ${longestWaitMilliseconds / 1000} s to open this one`,
            ),
          );
        }
      }
    }
    this.#isWatched = false;
  }
}
