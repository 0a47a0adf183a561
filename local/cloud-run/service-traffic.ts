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
  #queue: Promise<unknown> = Promise.resolve();

  /** Where requests go; undefined before the first revision is ready. */
  get origin(): string | undefined {
    return this.#serving?.origin;
  }

  get revisionName(): string | undefined {
    return this.#serving?.name;
  }

  get log(): readonly string[] {
    return this.#serving?.log ?? [];
  }

  /** Rolls out one after another, in the order of the calls. @throws RevisionNotReadyError */
  rollOut(spec: RevisionSpec): Promise<void> {
    const done = this.#queue.then(async () => {
      const next = await startRevision(spec);
      const last = this.#serving;
      this.#serving = next;
      if (last === undefined) return;
      await sleep(drainMilliseconds);
      await last.stop();
    });
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async stop(): Promise<void> {
    await this.#queue;
    await this.#serving?.stop(1);
    this.#serving = undefined;
  }
}
