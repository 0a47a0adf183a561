import { Readable } from "node:stream";
import { crc32cOf } from "../../app/storage/crc32c.ts";
import {
  type ListOptions,
  ObjectDamagedError,
  type ObjectStore,
  OutcomeUnknownError,
  type PutOptions,
  StoreUnavailableError,
  type StoredObject,
} from "../../app/storage/object-store.ts";
import type { Bucket } from "./bucket.ts";
import type { Life } from "./life.ts";

/** How often what goes wrong, per request. */
export interface StoreFaults {
  /** Never arrives, and nobody says so. */
  readonly lostRequest: number;
  /** Was done, and nobody says so. */
  readonly lostAnswer: number;
  /** Done long after the caller gave up. */
  readonly late: number;
  /** Done, and done again later. */
  readonly duplicated: number;
  /** Plainly refused. */
  readonly refused: number;
  readonly failedRead: number;
  /** Takes up to half a second on one of its ways. */
  readonly slow: number;
}

const timeoutMilliseconds = 200;
/** Typically until a segment has arrived: it is large. */
const segmentMilliseconds = 150;

/** One instance's way to the bucket: delays, losses, late and double deliveries. */
export class SimulatedStore implements ObjectStore {
  readonly #bucket: Bucket;
  readonly #life: Life;
  readonly #faults: () => StoreFaults;
  readonly #delay: (typical: number) => number;
  /** When each slot was last asked for, or put into. */
  readonly #lookedAt = new Map<string, number>();
  logReads = 0;
  /** What takes the place of an entry is sent so long after it was asked for, in milliseconds. */
  rewriteDelay = 0;
  /** Told each put of an entry, and when its slot was looked at before. */
  onEntryPut: (put: { readonly at: number; readonly lookedAt: number; readonly bytes: Uint8Array }) => void =
    () => {};

  /** @param delay of one message whose typical one is given, in milliseconds; @default mostly short, now and then long */
  constructor(
    bucket: Bucket,
    life: Life,
    faults: () => StoreFaults,
    delay = (typical: number) => life.random.delay(typical),
  ) {
    this.#delay = delay;
    this.#bucket = bucket;
    this.#life = life;
    this.#faults = faults;
  }

  async put(name: string, body: Uint8Array | Readable, options: PutOptions = {}): Promise<StoredObject> {
    if (body instanceof Readable) throw new TypeError("the simulated store takes bytes only");
    if (name.includes("/log/")) {
      if (options.ifAbsent) this.#putEntry(name, body);
      else if (this.rewriteDelay > 0) await this.#life.sleep(this.rewriteDelay);
    }
    const typical = name.includes("/segments/") ? segmentMilliseconds : 5;
    return await this.#change(name, () => this.#bucket.put(name, body, options), typical);
  }

  delete(name: string, options: { readonly ifGeneration?: string } = {}): Promise<void> {
    return this.#change(name, () => this.#bucket.delete(name, options.ifGeneration));
  }

  read(name: string): Promise<{ readonly bytes: Uint8Array; readonly object: StoredObject } | undefined> {
    if (name.includes("/log/")) {
      this.logReads++;
      this.#lookedAt.set(name, this.#life.timeline.now);
    }
    return this.#ask(name, () => {
      const kept = this.#bucket.get(name);
      if (kept === undefined) return undefined;
      if (crc32cOf(kept.bytes) !== kept.object.crc32c) throw new ObjectDamagedError(name, "has rotted");
      return { bytes: kept.bytes, object: kept.object };
    });
  }

  async openRead(
    name: string,
  ): Promise<{ readonly stream: Readable; readonly object: StoredObject } | undefined> {
    const found = await this.read(name);
    return found && { stream: Readable.from([found.bytes]), object: found.object };
  }

  stat(name: string): Promise<StoredObject | undefined> {
    return this.#ask(name, () => this.#bucket.get(name)?.object);
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncIterable<StoredObject> {
    const objects = await this.#ask(prefix, () => this.#bucket.list(prefix));
    const after = objects.filter(({ name }) => options.startAfter === undefined || name > options.startAfter);
    yield* after.slice(0, options.limit);
  }

  /** The slot before tells as much: that it was free, or was there still. */
  #putEntry(name: string, bytes: Uint8Array): void {
    const at = this.#life.timeline.now;
    const before = name.replace(/\d+(?=\.json$)/, (digits) =>
      String(Number(digits) - 1).padStart(digits.length, "0"),
    );
    const never = Number.NEGATIVE_INFINITY;
    const lookedAt = Math.max(this.#lookedAt.get(name) ?? never, this.#lookedAt.get(before) ?? never);
    this.onEntryPut({ at, lookedAt, bytes });
    this.#lookedAt.set(name, at);
  }

  #ask<R>(name: string, answer: () => R): Promise<R> {
    const { random, timeline } = this.#life;
    return this.#life.promise((resolve, reject) => {
      const fails = random.chance(this.#faults().failedRead);
      timeline.after(this.#way(4), () => {
        if (fails) return this.#life.deliver(random.delay(4), () => reject(new StoreUnavailableError(name)));
        try {
          const result = answer();
          this.#life.deliver(this.#way(4), () => resolve(result));
        } catch (error) {
          this.#life.deliver(this.#way(4), () => reject(error));
        }
      });
    });
  }

  #change<R>(name: string, act: () => R, typical = 5): Promise<R> {
    const { random, timeline } = this.#life;
    const faults = this.#faults();
    const fate = random.next();
    let limit = 0;
    const befalls = (probability: number) => fate < (limit += probability);
    return this.#life.promise((resolve, reject) => {
      const giveUp = () =>
        this.#life.deliver(timeoutMilliseconds, () => reject(new OutcomeUnknownError(name)));
      if (befalls(faults.lostRequest)) return giveUp();
      if (befalls(faults.refused)) {
        return this.#life.deliver(random.delay(8), () => reject(new StoreUnavailableError(name)));
      }
      if (befalls(faults.late)) {
        timeline.after(random.between(timeoutMilliseconds, 6000), () => actUnheard(act));
        return giveUp();
      }
      const isUnanswered = befalls(faults.lostAnswer);
      if (befalls(faults.duplicated)) timeline.after(random.between(20, 6000), () => actUnheard(act));
      timeline.after(this.#way(typical), () => {
        try {
          const result = act();
          if (isUnanswered) giveUp();
          else this.#life.deliver(this.#way(5), () => resolve(result));
        } catch (error) {
          if (isUnanswered) giveUp();
          else this.#life.deliver(this.#way(5), () => reject(error));
        }
      });
    });
  }

  /** How long a message is on its way. */
  #way(typical: number): number {
    const { random } = this.#life;
    return random.chance(this.#faults().slow) ? random.between(20, 500) : this.#delay(typical);
  }
}

function actUnheard(act: () => unknown): void {
  try {
    act();
  } catch {
    // Nobody is there to be told.
  }
}
