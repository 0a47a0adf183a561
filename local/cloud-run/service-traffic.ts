import { setTimeout as sleep } from "node:timers/promises";
import { type Revision, type RevisionSpec, startRevision } from "./revision.ts";

/** Requests that were sent to the older revision before the switch are still on their way to it. */
const drainMilliseconds = 1000;

/**
 * A service's traffic: all of it goes to the newest revision that became ready. A revision that does not become
 * ready changes nothing, and the older one is stopped only when no request can reach it any more.
 */
export class ServiceTraffic {
  #serving: Revision | undefined;
  #spec: RevisionSpec | undefined;
  /** More instances of what serves. */
  #others: Revision[] = [];
  #turn = 0;
  #queue: Promise<unknown> = Promise.resolve();

  /** Where the next request goes, to each instance in turn; undefined before the first revision is ready. */
  get origin(): string | undefined {
    const instances = this.#instances;
    this.#turn += 1;
    return instances[this.#turn % instances.length]?.origin;
  }

  get #instances(): readonly Revision[] {
    return this.#serving === undefined ? [] : [this.#serving, ...this.#others];
  }

  get revisionName(): string | undefined {
    return this.#serving?.name;
  }

  get log(): readonly string[] {
    return this.#serving?.log ?? [];
  }

  /** Of each instance. */
  get logs(): readonly (readonly string[])[] {
    return this.#instances.map(({ log }) => log);
  }

  /** Starts one more instance of what serves. Resolves to what stops it. @throws RevisionNotReadyError */
  async scaleOut(): Promise<() => Promise<void>> {
    if (this.#spec === undefined) throw new Error("nothing serves yet of which there could be more");
    const another = await startRevision(this.#spec);
    this.#others.push(another);
    return async () => {
      this.#others = this.#others.filter((one) => one !== another);
      await another.stop(1);
    };
  }

  /** Rolls out one after another, in the order of the calls. @throws RevisionNotReadyError */
  rollOut(spec: RevisionSpec): Promise<void> {
    const done = this.#queue.then(async () => {
      const next = await startRevision(spec);
      const gone = this.#instances;
      this.#serving = next;
      this.#spec = spec;
      this.#others = [];
      if (gone.length === 0) return;
      await sleep(drainMilliseconds);
      await Promise.all(gone.map((one) => one.stop()));
    });
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async stop(): Promise<void> {
    await this.#queue;
    await Promise.all(this.#instances.map((one) => one.stop(1)));
    this.#serving = undefined;
    this.#others = [];
  }
}
