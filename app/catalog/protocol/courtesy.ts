import type { Surroundings } from "./surroundings.ts";

/**
 * Another writer whose entry was met within so many of one's own round trips is taken to be writing still: one that has
 * more to write comes to it every few.
 */
const contentionRoundTrips = 25;

/** However slow the store was for once, and however far away another is. */
const longestBreakMilliseconds = 250;

/** A break takes one and a half to two and a half of one's own round trips: others as near read and put within two. */
const leastRoundTrips = 1.5;

/** Up to so many times as long for others who are further away; no more, for they may be writing little. */
const mostStretch = 2;

/** How many times as long the rare break of everyone is. */
const longStretch = 16;

/**
 * After these entries everyone makes a break, whoever wrote them, and after the rarer ones a long one. For who lost a slot
 * reads before the next try and whoever won it does not: without breaks the winner would win again and never see that
 * anyone else is there.
 */
const breaks = [
  { every: 512, stretch: longStretch },
  { every: 64, stretch: 1 },
] as const;

/** Whoever lost so many slots in a row makes no breaks. */
const lostWithoutBreak = 12;

interface Other {
  /** By the forward-only clock. */
  metAt: number;
  /** Own entries since then. */
  missed: number;
}

/**
 * Shares the slots of one log between its writers. Whoever won one lets the others try before the next, as long as others
 * are there; the break grows while one of them does not come to anything in it.
 */
export class Courtesy {
  readonly #surroundings: Surroundings;
  readonly #others = new Map<string, Other>();
  #roundTrip = 0;
  #stretch = 1;
  #lostInARow = 0;
  #breakUntil = Number.NEGATIVE_INFINITY;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Ends when the break does that is owed to others, mostly at once. */
  async giveWay(): Promise<void> {
    const remaining = this.#breakUntil - this.#surroundings.elapsed();
    if (remaining > 0 && this.#lostInARow < lostWithoutBreak) await this.#surroundings.sleep(remaining);
  }

  /** Somebody else's entry was met. */
  met(writer: string, sequence: number): void {
    this.#others.set(writer, { metAt: this.#surroundings.elapsed(), missed: 0 });
    this.#breakUntil = Number.NEGATIVE_INFINITY;
    this.#breakAfter(sequence);
  }

  lost(): void {
    this.#lostInARow++;
  }

  /** @param putAt when the put was sent whose answer is here now, by the forward-only clock */
  won(sequence: number, putAt: number): void {
    const now = this.#surroundings.elapsed();
    this.#roundTrip = now - putAt;
    this.#lostInARow = 0;
    let mostMissed = 0;
    for (const [writer, other] of this.#others) {
      if (now - other.metAt > this.#roundTrip * contentionRoundTrips) this.#others.delete(writer);
      else mostMissed = Math.max(mostMissed, ++other.missed);
    }
    if (this.#others.size === 0) this.#stretch = 1;
    else {
      const isTooShort = mostMissed > this.#others.size + 1;
      this.#stretch = Math.min(mostStretch, Math.max(1, this.#stretch * (isTooShort ? 1.5 : 0.8)));
      this.#break(this.#stretch);
    }
    this.#breakAfter(sequence);
  }

  #breakAfter(sequence: number): void {
    const due = breaks.find(({ every }) => sequence % every === 0);
    if (due !== undefined) this.#break(due.stretch);
  }

  #break(stretch: number): void {
    const roundTrips = stretch * (leastRoundTrips + this.#surroundings.random());
    const until =
      this.#surroundings.elapsed() + Math.min(this.#roundTrip * roundTrips, longestBreakMilliseconds);
    this.#breakUntil = Math.max(this.#breakUntil, until);
  }
}
