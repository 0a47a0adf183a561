import { availableParallelism } from "node:os";
import { PicturesBusyError } from "./errors.ts";

/**
 * Lets at most so many jobs run at once, keeps a bounded number waiting in order of arrival, and refuses the
 * rest: four pictures at once on two cores are slower than two, and each takes its memory.
 */
export interface WorkGate {
  /**
   * Runs the job when its turn comes. One that needs more memory than all may take runs alone.
   *
   * @param bytes of memory that the job takes at its peak. @default 0
   * @param signal gives up waiting when aborted; a job that has begun runs to its end.
   * @throws PicturesBusyError when everything is taken.
   */
  run<Result>(job: () => Promise<Result>, signal?: AbortSignal, bytes?: number): Promise<Result>;
}

export interface WorkGateOptions {
  /** Jobs at once. @default the cores that this process may use */
  readonly concurrent?: number;
  /** Jobs that may wait. @default 16 for each that may run: about two seconds of work of usual photos */
  readonly waiting?: number;
  /** Memory that all running jobs may take together. @default unbounded */
  readonly memoryBytes?: number;
}

interface Waiting {
  readonly bytes: number;
  readonly begin: () => void;
}

export function createWorkGate(options: WorkGateOptions = {}): WorkGate {
  const concurrent = options.concurrent ?? availableParallelism();
  const mostWaiting = options.waiting ?? concurrent * 16;
  const memoryBytes = options.memoryBytes ?? Infinity;
  const waiting = new Set<Waiting>();
  let running = 0;
  let takenBytes = 0;

  function hasPlaceFor(bytes: number): boolean {
    return running === 0 || (running < concurrent && takenBytes + bytes <= memoryBytes);
  }

  function take(bytes: number): void {
    running += 1;
    takenBytes += bytes;
  }

  /** In order of arrival: what is small does not overtake what is large, else that would wait for ever. */
  function letIn(): void {
    for (const next of waiting) {
      if (!hasPlaceFor(next.bytes)) return;
      waiting.delete(next);
      // The place is taken here, so nobody who comes in between can have it.
      take(next.bytes);
      next.begin();
    }
  }

  async function enter(signal: AbortSignal | undefined, bytes: number): Promise<void> {
    signal?.throwIfAborted();
    if (waiting.size === 0 && hasPlaceFor(bytes)) {
      take(bytes);
      return;
    }
    if (waiting.size >= mostWaiting) throw new PicturesBusyError();
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        waiting.delete(place);
        reject(signal?.reason instanceof Error ? signal.reason : new Error("given up while waiting"));
        // It may have kept smaller ones waiting.
        letIn();
      };
      const begin = () => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      const place: Waiting = { bytes, begin };
      waiting.add(place);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  return {
    async run(job, signal, bytes = 0) {
      await enter(signal, bytes);
      try {
        return await job();
      } finally {
        running -= 1;
        takenBytes -= bytes;
        letIn();
      }
    },
  };
}
