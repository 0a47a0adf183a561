import { availableParallelism } from "node:os";
import { PicturesBusyError } from "./errors.ts";
import type { MemoryShare } from "./memory-share.ts";

/**
 * Lets at most so many jobs run at once, keeps a bounded number waiting in order of arrival, and refuses the
 * rest: four pictures at once on two cores are slower than two, and each takes its memory.
 */
export interface WorkGate {
  /**
   * Runs the job when its turn comes. One that has a place but cannot run yet is overtaken by those behind it.
   *
   * @throws PicturesBusyError when everything is taken.
   */
  run<Result>(job: () => Promise<Result>, options?: WorkOptions): Promise<Result>;
}

export interface WorkOptions {
  /** Gives up waiting when aborted; a job that has begun runs to its end. */
  readonly signal?: AbortSignal | undefined;
  /** What the job's memory is taken from; `endWork` is called once it has ended. @default the job takes none */
  readonly memory?: MemoryShare | undefined;
  /** Of memory that the job takes at its peak. @default 0 */
  readonly bytes?: number;
  /** No other such job runs meanwhile. @default false */
  readonly isSingle?: boolean;
}

export interface WorkGateOptions {
  /** Jobs at once. @default the cores that this process may use */
  readonly concurrent?: number;
  /** Jobs that may wait. @default 16 for each that may run: about two seconds of work of usual photos */
  readonly waiting?: number;
}

interface Waiting {
  /** @returns false where it cannot run yet */
  readonly tryTake: () => boolean;
  readonly begin: () => void;
}

export function createWorkGate(options: WorkGateOptions = {}): WorkGate {
  const concurrent = options.concurrent ?? availableParallelism();
  const mostWaiting = options.waiting ?? concurrent * 16;
  const waiting = new Set<Waiting>();
  let running = 0;
  let isSingleRunning = false;

  function letIn(): void {
    for (const next of waiting) {
      if (running >= concurrent) return;
      if (!next.tryTake()) continue;
      waiting.delete(next);
      // The place is taken here, so nobody who comes in between can have it.
      running += 1;
      next.begin();
    }
  }

  async function enter({ signal, memory, bytes = 0, isSingle = false }: WorkOptions): Promise<void> {
    signal?.throwIfAborted();
    const entered = Promise.withResolvers<void>();
    const tryTake = () => {
      if (isSingle && isSingleRunning) return false;
      // Together with the place: one that held a place and waited for memory might wait for one that waits for a place.
      const isTaken = memory?.tryTake(bytes) ?? true;
      if (isTaken && isSingle) isSingleRunning = true;
      return isTaken;
    };
    const place: Waiting = { tryTake, begin: entered.resolve };
    const giveUp = () => {
      if (waiting.delete(place)) entered.reject(signal?.reason);
    };
    memory?.onRoom(letIn);
    waiting.add(place);
    letIn();
    if (waiting.size > mostWaiting && waiting.delete(place)) throw new PicturesBusyError();
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      await entered.promise;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  return {
    async run(job, work = {}) {
      await enter(work);
      try {
        return await job();
      } finally {
        running -= 1;
        if (work.isSingle === true) isSingleRunning = false;
        work.memory?.endWork();
        letIn();
      }
    },
  };
}
