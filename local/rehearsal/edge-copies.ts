import type { OutgoingHttpHeaders } from "node:http";
import { isUnderPattern } from "../google-apis/compute/path-pattern.ts";
import type { World } from "../google-apis/engine/world.ts";

/** What a backend bucket answered, and for whom it may be kept. */
export interface EdgeReply {
  readonly headers: OutgoingHttpHeaders;
  readonly bytes: Buffer;
}

interface Copy extends EdgeReply {
  readonly path: string;
  readonly urlMap: string;
  readonly filledAt: number;
  readonly seconds: number;
  /** How many invalidations had been asked for when it was read from the bucket. */
  readonly invalidations: number;
}

export interface CopyKey {
  /** The URL map by which the request came. */
  readonly urlMap: string;
  readonly backend: string;
  /** Signed and unsigned requests have copies of their own. */
  readonly isSigned: boolean;
  readonly path: string;
}

/** What the declared edge keeps of what the buckets gave out, until it is old or invalidated. One for all places. */
export class EdgeCopies {
  readonly #world: World;
  readonly #now: () => number;
  readonly #copies = new Map<string, Copy>();

  /** @param now milliseconds */
  constructor(world: World, now: () => number = Date.now) {
    this.#world = world;
    this.#now = now;
  }

  /** The copy that answers, with its age; undefined where the bucket must be asked. */
  find(key: CopyKey): EdgeReply | undefined {
    const name = nameOf(key);
    const copy = this.#copies.get(name);
    if (copy === undefined) return undefined;
    const age = Math.floor((this.#now() - copy.filledAt) / 1000);
    if (age < copy.seconds && !this.#isInvalidated(copy))
      return { ...copy, headers: { ...copy.headers, age: String(age) } };
    this.#copies.delete(name);
    return undefined;
  }

  keep(key: CopyKey, { headers, bytes }: EdgeReply, seconds: number): void {
    if (seconds <= 0) return;
    const { path, urlMap } = key;
    const { length: invalidations } = this.#world.invalidations;
    this.#copies.set(nameOf(key), {
      path,
      urlMap,
      headers,
      bytes,
      filledAt: this.#now(),
      seconds,
      invalidations,
    });
  }

  #isInvalidated({ path, urlMap, invalidations }: Copy): boolean {
    return this.#world.invalidations
      .slice(invalidations)
      .some((one) => one.urlMap === urlMap && isUnderPattern(path, one.path));
  }
}

function nameOf({ urlMap, backend, isSigned, path }: CopyKey): string {
  return JSON.stringify([urlMap, backend, isSigned, path]);
}
