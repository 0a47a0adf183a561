import { availableParallelism } from "node:os";
import { PicturesBusyError } from "./errors.ts";

/**
 * Lets at most so many jobs run at once, keeps a bounded number waiting in order of arrival, and refuses the
 * rest: four pictures at once on two cores are slower than two, and each takes its memory.
 */
export interface WorkGate {
  /**
   * Runs the job when its turn comes.
   *
   * @param signal gives up waiting when aborted; a job that has begun runs to its end.
   * @throws PicturesBusyError when everything is taken.
   */
  run<Result>(job: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

export interface WorkGateOptions {
  /** Jobs at once. @default the cores that this process may use */
  readonly concurrent?: number;
  /** Jobs that may wait. @default 16 for each that may run: about two seconds of work of usual photos */
  readonly waiting?: number;
}

export function createWorkGate(options: WorkGateOptions = {}): WorkGate {
  const concurrent = options.concurrent ?? availableParallelism();
  const mostWaiting = options.waiting ?? concurrent * 16;
  const waiting = new Set<() => void>();
  let running = 0;

  function leave(): void {
    const next = waiting.values().next();
    if (next.done === true) {
      running--;
      return;
    }
    // The place is handed over, so nobody who comes in between can take it.
    waiting.delete(next.value);
    next.value();
  }

  async function enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (running < concurrent) {
      running++;
      return;
    }
    if (waiting.size >= mostWaiting) throw new PicturesBusyError();
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        waiting.delete(begin);
        reject(signal?.reason instanceof Error ? signal.reason : new Error("given up while waiting"));
      };
      const begin = () => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      waiting.add(begin);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  return {
    async run(job, signal) {
      await enter(signal);
      try {
        return await job();
      } finally {
        leave();
      }
    },
  };
}
