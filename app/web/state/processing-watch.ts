import type { PhotoJson } from "../api/photo-json.ts";

export interface ProcessingWatchOptions {
  /** As it is now; rejects where it cannot be read. */
  readonly read: (id: string) => Promise<PhotoJson>;
  /** Resolves later; the page's own timer. */
  readonly wait: (seconds: number) => Promise<void>;
  /** The photo has its pictures now, or will never have them. */
  readonly onSettled: (photo: PhotoJson) => void;
}

const firstSeconds = 1;
const mostSeconds = 60;
/** However many are being prepared: these are the next to be so, in the order in which they came. */
const askedAtOnce = 5;

/**
 * Looks after photos whose pictures are being made: asks for the first of them soon, and while nothing comes of it more
 * and more seldom.
 */
export class ProcessingWatch {
  readonly #options: ProcessingWatchOptions;
  #waiting = new Set<string>();
  #isAsking = false;

  constructor(options: ProcessingWatchOptions) {
    this.#options = options;
  }

  /** Told all photos that the page knows of, whenever they change. */
  look(photos: readonly PhotoJson[]): void {
    const ids = new Set(photos.filter(({ state }) => state === "processing").map(({ id }) => id));
    const known = [...this.#waiting].filter((id) => ids.has(id));
    this.#waiting = new Set([...known, ...ids]);
    if (this.#waiting.size > 0 && !this.#isAsking) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    for (let seconds = firstSeconds; this.#waiting.size > 0; seconds = Math.min(seconds * 2, mostSeconds)) {
      await this.#options.wait(seconds);
      const asked = [...this.#waiting].slice(0, askedAtOnce);
      // Who cannot be asked now is asked again.
      const found = await Promise.allSettled(asked.map((id) => this.#options.read(id)));
      for (const answer of found) {
        if (answer.status === "rejected" || answer.value.state === "processing") continue;
        // Taken away while it was asked for: the answer may be older than that.
        if (!this.#waiting.delete(answer.value.id)) continue;
        seconds = firstSeconds / 2;
        this.#options.onSettled(answer.value);
      }
    }
    this.#isAsking = false;
  }
}
