import type { EntryCourtesy } from "./entry.ts";
import type { Surroundings } from "./surroundings.ts";
import type { WaitingNote } from "./waiting-note.ts";

/**
 * Another writer whose entry was met within so many of one's own round trips is taken to be writing still: one that has
 * more to write comes to it every few.
 */
const contentionRoundTrips = 25;

/** However slow the store was for once. */
const longestBreakMilliseconds = 250;

/** A break takes one and a half to two and a half of one's own round trips: others as near read and put within two. */
const leastRoundTrips = 1.5;

/** Up to so many times as long for others who are further away; no more, for they may be writing little. */
const mostStretch = 2;

/** Who wants breaks so many times as long comes to nothing in those of one's own measure, and is given others. */
const farFactor = 2;

/** To lose what is under way and read what was missed, and then a put: that is half of it again. */
const wantedTries = 1.5;
/** And some, for tries that take longer than most. */
const wantedDeviations = 2;

/** Whoever came to nothing in a break that it was given wants a longer one. */
const wantedGrowth = 1.5;

/** No break that is given is longer, whoever asks. */
const longestGivenMilliseconds = 2000;

/** Whoever lost so many slots in a row, or loses for so long, leaves a note, ... */
const lostBeforeNote = 3;
const lostMilliseconds = 300;
/** ... and another one while it goes on losing: Cloud Storage takes one write a second of one object. */
const noteMilliseconds = 1500;

/** Who writes on and on looks for a note after so many own entries, and no more often than that. */
const winsBeforeLook = 16;
const lookMilliseconds = 500;

/** Whoever lost so many slots in a row makes no breaks. */
const lostWithoutBreak = 12;

/** Two entries of who is far within so many of the breaks that it wants: it writes on, and is given one without a note. */
const farWritesOn = 6;

/** Who was far and not heard of for so long is forgotten. */
const farMilliseconds = 30_000;

interface Other {
  /** By the forward-only clock. */
  metAt: number;
  /** Own entries since then. */
  missed: number;
}

interface Far {
  readonly wants: number;
  /** When its last entry was met; minus infinity where only a note was found. */
  readonly metAt: number;
  readonly heardAt: number;
  /** When it is due to be given a break; infinity for not at all. */
  readonly dueAt: number;
}

/**
 * Shares the slots of one log between its writers. Whoever won one lets the others try before the next, as long as others
 * are there; the break grows while one of them does not come to anything in it. Who is much further from the store comes
 * to nothing in such breaks, so a long one is given to it by name, in an entry, which makes everyone else keep it.
 */
export class Courtesy {
  readonly #surroundings: Surroundings;
  readonly #note: WaitingNote;
  readonly #writer: string;
  readonly #others = new Map<string, Other>();
  readonly #far = new Map<string, Far>();
  #roundTrip = 0;
  /** What it mostly takes from one try to the next, in milliseconds; undefined before the first. */
  #tryMilliseconds: number | undefined;
  #deviation = 0;
  #growth = 1;
  /** Whether a break was given to this writer since it won a slot. */
  #isGiven = false;
  #stretch = 1;
  #lostInARow = 0;
  #losingSince = 0;
  #breakUntil = Number.NEGATIVE_INFINITY;
  #noteAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #winsSinceLook = 0;

  constructor(surroundings: Surroundings, note: WaitingNote, writer: string) {
    this.#surroundings = surroundings;
    this.#note = note;
    this.#writer = writer;
  }

  /** Ends when the break does that is owed to others, mostly at once. */
  async giveWay(): Promise<void> {
    const remaining = this.#breakUntil - this.#surroundings.elapsed();
    if (remaining > 0 && this.#lostInARow < lostWithoutBreak) await this.#surroundings.sleep(remaining);
  }

  /** What the next entry tells the other writers. */
  told(): EntryCourtesy {
    const now = this.#surroundings.elapsed();
    const wants = this.#wants();
    const [due] = [...this.#far]
      .filter(([, { dueAt }]) => dueAt <= now)
      .toSorted(([, one], [, other]) => one.dueAt - other.dueAt);
    return {
      ...(wants !== undefined && { wants }),
      ...(due !== undefined && { gives: { writer: due[0], milliseconds: due[1].wants } }),
    };
  }

  /** Somebody else's entry was met. */
  met({ by, wants: theirs, gives }: { readonly by: string } & EntryCourtesy): void {
    const now = this.#surroundings.elapsed();
    this.#breakUntil = Number.NEGATIVE_INFINITY;
    const own = this.#wants();
    const isKnown = theirs !== undefined && own !== undefined;
    const metBefore = this.#far.get(by)?.metAt ?? Number.NEGATIVE_INFINITY;
    this.#far.delete(by);
    this.#others.delete(by);
    if (isKnown && theirs > own * farFactor) {
      // As long as the break was, the time until the next is everyone else's.
      const dueAt = now - metBefore < theirs * farWritesOn ? now + theirs : Number.POSITIVE_INFINITY;
      this.#far.set(by, { wants: theirs, metAt: now, heardAt: now, dueAt });
    }
    // Who is much nearer comes in at any time.
    else if (!isKnown || theirs * farFactor >= own) this.#others.set(by, { metAt: now, missed: 0 });
    if (gives !== undefined) this.#give(gives);
  }

  /** A put was answered after so many milliseconds, whichever way. */
  answered(roundTrip: number): void {
    this.#roundTrip = roundTrip;
    if (this.#tryMilliseconds === undefined) this.#measure(roundTrip * 2);
  }

  /** @param milliseconds from one try to the next, the slot was lost and what is in it read in between */
  lost(milliseconds: number): void {
    const now = this.#surroundings.elapsed();
    // Whoever rested before has more to read than others write in the time of one try.
    if (this.#lostInARow++ === 0) this.#losingSince = now - milliseconds;
    else this.#measure(milliseconds);
    if (this.#isGiven) {
      this.#isGiven = false;
      this.#growth *= wantedGrowth;
    }
    const isWaiting = this.#lostInARow >= lostBeforeNote || now - this.#losingSince >= lostMilliseconds;
    if (!isWaiting || now - this.#noteAt < noteMilliseconds) return;
    this.#noteAt = now;
    void this.#note.leave({ writer: this.#writer, wants: this.#wants() ?? 0 });
  }

  /** The entry is in its slot. */
  won({ gives }: EntryCourtesy): void {
    const now = this.#surroundings.elapsed();
    this.#growth = Math.max(1, this.#growth * 0.9);
    this.#isGiven = false;
    this.#lostInARow = 0;
    this.#noteAt = Number.NEGATIVE_INFINITY;
    let mostMissed = 0;
    for (const [writer, other] of this.#others) {
      if (now - other.metAt > this.#roundTrip * contentionRoundTrips) this.#others.delete(writer);
      else mostMissed = Math.max(mostMissed, ++other.missed);
    }
    for (const [writer, { heardAt }] of this.#far) {
      if (now - heardAt > farMilliseconds) this.#far.delete(writer);
    }
    if (this.#others.size === 0) this.#stretch = 1;
    else {
      const isTooShort = mostMissed > this.#others.size + 1;
      this.#stretch = Math.min(mostStretch, Math.max(1, this.#stretch * (isTooShort ? 1.5 : 0.8)));
      const roundTrips = this.#stretch * (leastRoundTrips + this.#surroundings.random());
      this.#break(Math.min(this.#roundTrip * roundTrips, longestBreakMilliseconds));
    }
    if (gives !== undefined) this.#give(gives);
    if (++this.#winsSinceLook >= winsBeforeLook && now - this.#lookedAt >= lookMilliseconds) {
      this.#lookedAt = now;
      this.#winsSinceLook = 0;
      void this.#look();
    }
  }

  async #look(): Promise<void> {
    const waiting = await this.#note.look();
    if (waiting === undefined || waiting.writer === this.#writer) return;
    const now = this.#surroundings.elapsed();
    const metAt = this.#far.get(waiting.writer)?.metAt ?? Number.NEGATIVE_INFINITY;
    this.#far.set(waiting.writer, { wants: waiting.wants, metAt, heardAt: now, dueAt: now });
  }

  #give({ writer, milliseconds }: NonNullable<EntryCourtesy["gives"]>): void {
    const far = this.#far.get(writer);
    if (far !== undefined) this.#far.set(writer, { ...far, dueAt: Number.POSITIVE_INFINITY });
    if (writer === this.#writer) this.#isGiven = this.#lostInARow > 0;
    else this.#break(Math.min(milliseconds, longestGivenMilliseconds));
  }

  #wants(): number | undefined {
    if (this.#tryMilliseconds === undefined) return undefined;
    const wanted = this.#tryMilliseconds * wantedTries + this.#deviation * wantedDeviations;
    return Math.ceil(Math.min(wanted * this.#growth, longestGivenMilliseconds));
  }

  #measure(tryMilliseconds: number): void {
    const usual = this.#tryMilliseconds ?? tryMilliseconds;
    this.#deviation += (Math.abs(tryMilliseconds - usual) - this.#deviation) / 4;
    this.#tryMilliseconds = usual + (tryMilliseconds - usual) / 4;
  }

  #break(milliseconds: number): void {
    this.#breakUntil = Math.max(this.#breakUntil, this.#surroundings.elapsed() + milliseconds);
  }
}
