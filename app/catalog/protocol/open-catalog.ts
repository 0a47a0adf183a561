import { Changes } from "./changes.ts";
import type { Entry } from "./entry.ts";
import { CatalogBusyError, InvalidTokenError } from "./errors.ts";
import { DamagedLogError } from "./log.ts";
import { type CatalogParts, openView } from "./opening.ts";
import { layRun, positionAfter } from "./replay.ts";
import type { Tables } from "./tables.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Position, View } from "./view.ts";

/** A view that was compared with the log within this time may answer. */
const freshMilliseconds = 1000;

/** A view and how far it can be trusted. */
export interface Opened<V extends View> {
  readonly view: V;
  /** On the forward-only clock: at this time or later the view was at the head of the log. */
  verifiedAt: number;
  /** Questions under way; a view that is thrown away is closed after the last. */
  questions: number;
  isDiscarded: boolean;
  /** Entry of the newest snapshot that is known to be there; 0 for none. */
  snapshotAt: number;
  /** The comparison with the log that is under way; who needs one no newer than it shares it. */
  following: Promise<void> | undefined;
  /** The entry that was its last one when `confirm` found it there and nothing beyond the next slot; -1 before. */
  confirmed: number;
}

/** A view that was not compared with the log for so long is compared before it is copied. */
const copyFreshMilliseconds = 10 * 60 * 1000;

/**
 * A view that was not compared with the log for so long is opened anew. The log of a closed account is deleted a day
 * after its final entry: to a view of before, the missing entry would look like the log's end.
 */
const comparableMilliseconds = 12 * 3600 * 1000;

/**
 * A log whose last entry is younger is not being deleted, however much the clocks of machines differ. Others may be writing
 * to it, and who is far away has no time for a question more: a hole is then not looked for.
 */
const livelyMilliseconds = 3600 * 1000;

/** A view that fails is replaced and asked once more; what fails again is no matter of the view. */
const viewsTried = 2;

/** What was copied, or in a dry run would be. */
export interface Copied {
  readonly snapshots: number;
  readonly segments: number;
  /** The rest was not; `notify` was told why. */
  readonly hasFailed: boolean;
}

const nothingCopied: Copied = { snapshots: 0, segments: 0, hasFailed: false };

/** One owner's catalog in this process: opens its view, keeps it up with the log, throws it away in doubt. */
export class OpenCatalog<V extends View, T extends Tables, C, E, A> {
  readonly parts: CatalogParts<V, T, C, E, A>;
  #opening: Promise<Opened<V>> | undefined;
  /** Changes of the view one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Snapshots at or after this one gave a view that failed. */
  #distrustedFrom = Number.POSITIVE_INFINITY;
  #upkeep: Promise<Copied> | undefined;
  /** An entry that a view had and the log had not. */
  #goneEntry = 0;
  /** Told each entry that a view which was complete before has followed. */
  onFollowed: (entry: Entry<E>) => void = () => {};

  constructor(parts: CatalogParts<V, T, C, E, A>) {
    this.parts = parts;
  }

  /** The view as it is, opened if need be: complete up to some moment, perhaps behind by now. */
  async opened(): Promise<Opened<V>> {
    this.#opening ??= this.#open();
    const opening = this.#opening;
    try {
      const opened = await opening;
      if (this.#isComparable(opened)) return opened;
      await this.#letGo(opened);
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
    return await this.opened();
  }

  /**
   * Asks a view that has applied the given entry and is not further behind than that.
   *
   * @param behindMilliseconds @default a second
   * @throws InvalidTokenError when the log does not reach that entry.
   */
  async read<R>(
    question: (view: V) => Promise<R>,
    sequence = 0,
    behindMilliseconds: number = freshMilliseconds,
  ): Promise<R> {
    const asked = this.parts.surroundings.elapsed();
    for (let tried = 1; ; tried++) {
      const opened = await this.opened();
      try {
        if (opened.view.position.sequence < sequence || opened.verifiedAt < asked - behindMilliseconds) {
          await this.verify(opened, asked);
        }
        const reached = opened.view.position.sequence;
        if (reached < sequence) {
          throw new InvalidTokenError(`names entry ${sequence}, and the last one is ${reached}`);
        }
        return await this.ask(opened, question);
      } catch (error) {
        if (!opened.isDiscarded || tried >= viewsTried) throw error;
      }
    }
  }

  /**
   * Compares the view with the log, beginning no earlier than the given time, and applies what it lacks.
   *
   * @param window slots that are read at once to begin with, @default 1
   */
  async verify(opened: Opened<V>, notBefore: number, window?: number): Promise<void> {
    while (opened.verifiedAt < notBefore) {
      opened.following ??= this.#follow(opened, window).finally(() => {
        opened.following = undefined;
      });
      await opened.following;
    }
  }

  /**
   * Before a change in a log that rested: whether the next slot, which was found free, may be taken. One list tells.
   *
   * A log is deleted, with its account, from its first entry on; so a slot that was found free had never been taken where
   * the entry before it is there later. A view of what is gone is thrown away. Of a log whose end is lost what snapshots
   * know goes on; where copies are all that is left, nothing does. And where a later entry is there the slot is no end, but
   * a hole: what would be written there had a number that was given before.
   *
   * @throws DamagedLogError, or the store's error
   */
  async confirm(opened: Opened<V>): Promise<boolean> {
    const { log, owner, surroundings } = this.parts;
    const { sequence, at } = opened.view.position;
    if (opened.confirmed === sequence || isLively(at, surroundings)) return true;
    const { isThere, next } = await log.lookFrom(sequence);
    // Asked for once more: a list need not be of one moment.
    const isHole = next !== undefined && next > sequence + 1 && !(await log.has(sequence + 1));
    // Of a log that is deleted meanwhile this one goes before the next.
    const isKept = isHole && sequence > 0 ? await log.has(sequence) : isThere || sequence === 0;
    // Where the next view ends with the same entry, and the log has its beginning, its end is lost.
    const isAgain = sequence === this.#goneEntry;
    if (isKept || (isAgain && (await log.has(1)))) {
      if (isHole) throw DamagedLogError.missing(owner, sequence + 1);
      opened.confirmed = sequence;
      return true;
    }
    await this.#letGo(opened);
    if (isAgain) throw DamagedLogError.missing(owner, sequence);
    this.#goneEntry = sequence;
    return false;
  }

  /**
   * After a change got its slot and before anybody is told: whether the slot was the end of a log, however long this
   * process stood still since it was confirmed. What a log is deleted from is its beginning; so nothing was deleted up to
   * the slot where the entry before it is there afterwards, or the first. Of a log without an entry nothing tells it.
   *
   * @param base the entry before the slot
   * @throws the store's error
   */
  async isEnd({ sequence, at }: Position): Promise<boolean> {
    const { log, surroundings } = this.parts;
    if (sequence === 0 || isLively(at, surroundings)) return true;
    return (await log.has(sequence)) || (await log.has(1));
  }

  /** Takes an entry out of a log that was deleted, and throws the view of that log away. */
  async withdraw(opened: Opened<V>, entry: Entry<E>): Promise<void> {
    await this.#letGo(opened);
    await this.parts.log.withdraw(entry);
  }

  /** Puts a question to this view, however old. A view that fails is thrown away, and one that was is not asked. */
  async ask<R>(opened: Opened<V>, question: (view: V) => Promise<R>): Promise<R> {
    this.#checkKept(opened);
    opened.questions++;
    try {
      return await question(opened.view);
    } catch (error) {
      // A question that there is no memory for is no matter of the view.
      if (!(error instanceof CatalogBusyError)) await this.#distrust(opened, error);
      throw error;
    } finally {
      opened.questions--;
      if (opened.isDiscarded && opened.questions === 0) await opened.view.close();
    }
  }

  /**
   * Applies an entry of our own after its slot was won; `since` is a time before it was put, when nothing can
   * have come after it. Never fails: the entry is safe, and a view that cannot take it is thrown away.
   */
  async applyOwn(opened: Opened<V>, entry: Entry<E>, since: number): Promise<void> {
    try {
      await this.#apply(opened, [entry]);
      opened.verifiedAt = Math.max(opened.verifiedAt, since);
    } catch {
      // The view is gone already, and the next one is opened from the store.
    }
  }

  /** Throws away a view that failed; the next question opens another from the store. */
  async #distrust(opened: Opened<V>, error: unknown): Promise<void> {
    if (opened.isDiscarded) return;
    const isDoubtful = opened.snapshotAt > 0 && !isForMemory(error);
    if (isDoubtful) this.#distrustedFrom = Math.min(this.#distrustedFrom, opened.snapshotAt);
    const { notify, owner } = this.parts;
    notify({ kind: "view-discarded", owner, error });
    await this.#letGo(opened);
  }

  #isComparable({ verifiedAt }: Opened<V>): boolean {
    return verifiedAt >= this.parts.surroundings.elapsed() - comparableMilliseconds;
  }

  async #letGo(opened: Opened<V>): Promise<void> {
    if (opened.isDiscarded) return;
    opened.isDiscarded = true;
    this.#opening = undefined;
    if (opened.questions === 0) await opened.view.close();
  }

  #checkKept({ isDiscarded }: Opened<V>): void {
    if (isDiscarded) throw new Error(`the view of ${this.parts.owner} was thrown away: open another`);
  }

  /** Whether a view is open or being opened. */
  get isOpen(): boolean {
    return this.#opening !== undefined;
  }

  /** Closes the view; whoever asks next opens another. Questions under way are answered. */
  async close(): Promise<void> {
    await this.#upkeep;
    const opened = await this.#opening?.catch(() => undefined);
    if (opened !== undefined) await this.#letGo(opened);
  }

  /**
   * Copies the view and older parts of the log, if there is enough that is not copied yet, so that opening stays
   * quick. Failing is no harm.
   *
   * @param entries how many entries make a new snapshot worth while
   * @param isDryRun copies nothing and counts what would be
   */
  async keepUp(entries: number, isDryRun = false): Promise<Copied> {
    const before = this.#upkeep;
    const upkeep = (async () => {
      await before;
      return await this.#copy(entries, isDryRun);
    })();
    this.#upkeep = upkeep;
    const copied = await upkeep;
    if (this.#upkeep === upkeep) this.#upkeep = undefined;
    return copied;
  }

  async #copy(entries: number, isDryRun: boolean): Promise<Copied> {
    const { notify, owner, segments, snapshots, surroundings } = this.parts;
    let copied = nothingCopied;
    try {
      // One that is about to be closed is not opened anew for this.
      const opened = await (this.#opening ?? this.opened());
      if (!this.#isComparable(opened)) return copied;
      const { sequence } = opened.view.position;
      if (sequence - opened.snapshotAt < entries) return copied;
      if (isDryRun)
        return { ...nothingCopied, snapshots: 1, segments: (await segments.missing(sequence)).length };
      // A copy of an old moment may hold what was purged and redacted since.
      const now = surroundings.elapsed();
      if (opened.verifiedAt < now - copyFreshMilliseconds) await this.verify(opened, now);
      const { position, bytes } = await this.ask(opened, (view) => view.snapshot());
      await snapshots.keep(position.sequence, bytes);
      opened.snapshotAt = position.sequence;
      copied = { ...nothingCopied, snapshots: 1 };
      return { ...copied, segments: await segments.write(position.sequence) };
    } catch (error) {
      notify({ kind: "upkeep-failed", owner, error });
      return { ...copied, hasFailed: true };
    }
  }

  async #open(): Promise<Opened<V>> {
    const view = await openView(this.parts, this.#distrustedFrom);
    const opened: Opened<V> = {
      view,
      verifiedAt: Number.NEGATIVE_INFINITY,
      questions: 0,
      isDiscarded: false,
      snapshotAt: view.position.sequence,
      following: undefined,
      confirmed: -1,
    };
    try {
      if (opened.snapshotAt === 0) {
        for await (const run of this.parts.segments.after(0)) await this.#apply(opened, run);
      }
      await this.#follow(opened);
      return opened;
    } catch (error) {
      opened.isDiscarded = true;
      await view.close();
      throw error;
    }
  }

  async #follow(opened: Opened<V>, window?: number): Promise<void> {
    // Before the first read: an entry that appears during it may be missed.
    const since = this.parts.surroundings.elapsed();
    const wasComplete = opened.verifiedAt > Number.NEGATIVE_INFINITY;
    for await (const run of this.parts.log.after(opened.view.position.sequence, window)) {
      await this.#apply(opened, run);
      if (wasComplete) for (const entry of run) this.onFollowed(entry);
    }
    opened.verifiedAt = Math.max(opened.verifiedAt, since);
  }

  /** The part of the run that the view does not have, in one transaction. */
  async #apply(opened: Opened<V>, run: readonly Entry<E>[]): Promise<void> {
    const before = this.#turn;
    const applying = (async () => {
      await before;
      // Nobody knows how far one got that failed: the same entry could be applied twice.
      this.#checkKept(opened);
      const { owner, model } = this.parts;
      const reached = opened.view.position.sequence;
      const entries = run.filter((entry) => entry.seq > reached);
      const last = entries.at(-1);
      if (last === undefined) return;
      if (entries[0]?.seq !== reached + 1) throw new Error(`entry ${reached + 1} of ${owner} was left out`);
      const changes = new Changes(model.tables);
      await layRun(entries, this.parts, changes);
      try {
        await opened.view.apply(changes, positionAfter(last));
      } catch (error) {
        await this.#distrust(opened, error);
        throw error;
      }
      const { snapshotInterval } = this.parts.limits;
      const isDue = last.seq - opened.snapshotAt >= snapshotInterval;
      if (isDue && this.#upkeep === undefined) void this.keepUp(snapshotInterval);
    })();
    this.#turn = applying.catch(() => undefined);
    await applying;
  }
}

function isLively(at: number, { now }: Pick<Surroundings, "now">): boolean {
  return now() - at < livelyMilliseconds;
}

/** Whether there was no memory: now, or when the view was to be written before. */
function isForMemory(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return error instanceof CatalogBusyError || cause instanceof CatalogBusyError;
}
