import type { MemoryShare } from "../pictures/memory-share.ts";
import { InboxFullError } from "./errors.ts";

export interface MemoryBudgetOptions {
  /** Bytes that all files on their way, and all work on them, take together. */
  readonly totalBytes: number;
  /** The most that work on one file may take besides the file. @default all that the file leaves */
  readonly workBytes?: number;
  /** How many files may wait for room. @default 32 */
  readonly waiting?: number;
  /** How long one waits at most. @default 30 */
  readonly waitSeconds?: number;
}

interface Held {
  heldBytes: number;
  promisedBytes: number;
  /** It waits to take more. */
  wasRefused: boolean;
  onRoom: () => void;
}

interface Waiting {
  readonly bytes: number;
  readonly begin: (share: MemoryShare) => void;
  /** How many came later and were let in before. */
  overtaken: number;
}

/** So often a large file is overtaken by small ones, which fit into what it cannot use. */
const mostOvertaken = 8;

/**
 * One for a process: the memory that files on their way and the work on them may take, so that the process is not
 * killed for taking more than there is. A file enters with its own bytes and a promise of what working on it may take, and
 * waits until all promises can be kept in some order (the banker's algorithm): who has entered never waits for one who
 * waits for him.
 */
export class MemoryBudget {
  readonly #options: Required<MemoryBudgetOptions>;
  readonly #shares = new Set<Held>();
  readonly #waiting = new Set<Waiting>();
  #freeBytes: number;

  constructor(options: MemoryBudgetOptions) {
    this.#options = { workBytes: Infinity, waiting: 32, waitSeconds: 30, ...options };
    this.#freeBytes = options.totalBytes;
  }

  /** Whether somebody waits for room, before entering or for work. */
  get isWanted(): boolean {
    return this.#waiting.size > 0 || [...this.#shares].some(({ wasRefused }) => wasRefused);
  }

  /**
   * Waits for room for a file.
   *
   * @param signal gives up waiting when aborted
   * @throws InboxFullError where too many wait, or it took too long, or the file is larger than all there is
   */
  async enter(bytes: number, signal?: AbortSignal): Promise<MemoryShare> {
    signal?.throwIfAborted();
    const { totalBytes, waiting, waitSeconds } = this.#options;
    if (bytes > totalBytes) throw new InboxFullError();
    const entered = Promise.withResolvers<MemoryShare>();
    const place: Waiting = { bytes, begin: entered.resolve, overtaken: 0 };
    this.#waiting.add(place);
    this.#letIn();
    const giveUp = (reason: unknown) => {
      if (!this.#waiting.delete(place)) return;
      entered.reject(reason);
      this.#letIn();
    };
    if (this.#waiting.size > waiting) giveUp(new InboxFullError());
    const timer = setTimeout(() => giveUp(new InboxFullError()), waitSeconds * 1000);
    const abort = () => giveUp(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await entered.promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  /**
   * In order of arrival, though what fits may overtake what does not. Nobody enters while one who is inside waits to
   * take more.
   */
  #letIn(): void {
    const passed: Waiting[] = [];
    for (const next of this.#waiting) {
      const share = this.#admit(next.bytes);
      if (share === undefined) {
        if (next.overtaken >= mostOvertaken) return;
        passed.push(next);
      } else {
        this.#waiting.delete(next);
        for (const one of passed) one.overtaken += 1;
        next.begin(share);
      }
    }
  }

  #admit(bytes: number): MemoryShare | undefined {
    if ([...this.#shares].some(({ wasRefused }) => wasRefused)) return undefined;
    const { totalBytes, workBytes } = this.#options;
    const promisedBytes = Math.min(workBytes, totalBytes - bytes);
    const held: Held = { heldBytes: 0, promisedBytes, wasRefused: false, onRoom: () => {} };
    this.#shares.add(held);
    this.#hold(held, bytes);
    if (this.#canKeepPromises()) return this.#shareOf(held);
    this.#hold(held, -bytes);
    this.#shares.delete(held);
    return undefined;
  }

  /** Whether everybody comes to an end in some order: who needs least first, each then giving back all it has. */
  #canKeepPromises(): boolean {
    let free = this.#freeBytes;
    const shares = [...this.#shares].toSorted((one, other) => one.promisedBytes - other.promisedBytes);
    for (const { heldBytes, promisedBytes } of shares) {
      if (promisedBytes > free) return false;
      free += heldBytes;
    }
    return true;
  }

  #hold(held: Held, bytes: number): void {
    held.heldBytes += bytes;
    this.#freeBytes -= bytes;
  }

  /** Whoever is inside comes first. */
  #tellFreed(): void {
    for (const held of this.#shares) if (held.wasRefused) held.onRoom();
    this.#letIn();
  }

  #shareOf(held: Held): MemoryShare {
    let takenBytes = 0;
    return {
      get promisedBytes() {
        return held.promisedBytes;
      },
      shrink: (bytes) => {
        this.#hold(held, -bytes);
        this.#tellFreed();
      },
      promiseLess: (bytes) => {
        held.promisedBytes = Math.min(held.promisedBytes, bytes);
        this.#tellFreed();
      },
      tryTake: (bytes) => {
        if (bytes > held.promisedBytes) {
          throw new RangeError(
            `Expected at most the promised ${held.promisedBytes} bytes but received ${bytes}`,
          );
        }
        const { promisedBytes } = held;
        this.#hold(held, bytes);
        held.promisedBytes = 0;
        held.wasRefused = !this.#canKeepPromises();
        if (held.wasRefused) {
          this.#hold(held, -bytes);
          held.promisedBytes = promisedBytes;
          return false;
        }
        takenBytes = bytes;
        return true;
      },
      onRoom: (listener) => {
        held.onRoom = listener;
      },
      endWork: () => {
        this.#hold(held, -takenBytes);
        takenBytes = 0;
        this.#tellFreed();
      },
      release: () => {
        if (!this.#shares.delete(held)) return;
        this.#hold(held, -held.heldBytes);
        this.#tellFreed();
      },
    };
  }
}
