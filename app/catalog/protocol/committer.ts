import { hasChangedNothing } from "../../storage/object-store.ts";
import { type Batch, type Pending, decideBatch } from "./batch.ts";
import { Courtesy } from "./courtesy.ts";
import { type Entry, NewerEntryError, encodeEntry, entryVersions, hashRequest } from "./entry.ts";
import {
  CatalogBusyError,
  CommitFailedError,
  CommitOutcomeUnknownError,
  InvalidCommandError,
} from "./errors.ts";
import { DamagedLogError } from "./log.ts";
import type { OpenCatalog, Opened } from "./open-catalog.ts";
import type { Outcome } from "./outcome.ts";
import type { Tables } from "./tables.ts";
import type { Position, View } from "./view.ts";

export const commitLimits = {
  /** Commands that share an entry. */
  batchCommands: 200,
  /** Commands of one owner that may wait in one process. */
  waitingCommands: 1000,
  /** One request's, with whatever the service adds to what HTTP takes. */
  keyCharacters: 300,
  /** Repetitions of one put whose answer did not come. */
  putAttempts: 4,
  /** Looks at whether a slot that was won was the log's end, where the store does not answer. */
  wonLooks: 3,
  /** Slots lost to others, one after the other, before a batch gives up. */
  lostSlots: 100,
  firstPauseMilliseconds: 50,
  /**
   * A view that was not compared with the log for so long is compared before it decides, so that no writer is much
   * older than this: a log's objects may be deleted a day after its account was closed.
   */
  writerFreshMilliseconds: 10 * 60 * 1000,
} as const;

/** Slots that are read at once by who lost one, at least and at most: others may have gone on. */
const lostWindows = { least: 4, most: 64 } as const;

/**
 * Writes one owner's commands to the log. Those that arrive while a put is under way wait and then share the next
 * entry.
 */
export class Committer<V extends View, T extends Tables, C, E, A> {
  readonly #catalog: OpenCatalog<V, T, C, E, A>;
  #waiting: Pending<C, A>[] = [];
  #running: Promise<void> | undefined;
  readonly #courtesy: Courtesy;
  /** In a row; beyond one it is no matter of the view. */
  #failedViews = 0;
  /** Since the last slot that was lost. */
  #followed = 0;

  constructor(catalog: OpenCatalog<V, T, C, E, A>) {
    this.#catalog = catalog;
    const { surroundings, waitingNote, writer } = catalog.parts;
    this.#courtesy = new Courtesy(surroundings, waitingNote, writer);
    catalog.onFollowed = (entry) => {
      this.#followed++;
      if (entry.by !== writer) this.#courtesy.met(entry);
    };
  }

  async submit(command: C, idempotencyKey: string): Promise<Outcome<A>> {
    if (this.#waiting.length >= commitLimits.waitingCommands) {
      throw new CatalogBusyError(`${this.#waiting.length} changes are waiting already`);
    }
    const { length } = idempotencyKey;
    if (length < 1 || length > commitLimits.keyCharacters) {
      throw new InvalidCommandError(
        `an idempotency key has 1 to ${commitLimits.keyCharacters} characters, got ${length}`,
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<Outcome<A>>();
    const { model, surroundings } = this.#catalog.parts;
    const submittedAt = surroundings.elapsed();
    const earlierRequest = hashRequest(command);
    const asked = model.requestOf?.(command) ?? command;
    const request = asked === command ? earlierRequest : hashRequest(asked);
    this.#waiting.push({
      command,
      idempotencyKey,
      request,
      earlierRequest,
      submittedAt,
      resolve,
      reject,
    });
    this.#running ??= this.#run();
    return await promise;
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Those who submit in the same turn of the event loop share the first entry.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      await this.#courtesy.giveWay();
      const batch = this.#waiting.splice(0, commitLimits.batchCommands);
      try {
        await this.#commit(batch);
      } catch (error) {
        // Who was answered already is not answered again by this.
        const reason = failure(error);
        for (const { reject } of batch) reject(reason);
      }
    }
    this.#running = undefined;
  }

  async #commit(pending: readonly Pending<C, A>[]): Promise<void> {
    const { parts } = this.#catalog;
    let open = pending;
    let lost = 0;
    while (lost++ < commitLimits.lostSlots) {
      await this.#courtesy.giveWay();
      const opened = await this.#catalog.opened();
      const since = parts.surroundings.elapsed();
      if (opened.verifiedAt < since - commitLimits.writerFreshMilliseconds)
        await this.#catalog.verify(opened, since);
      if (!(await this.#catalog.confirm(opened))) continue;
      const batch = await this.#decide(opened, open);
      if (batch === undefined) continue;
      if (batch.accepted.length === 0) {
        const isTrue = batch.conclusions.length === 0 || wasHead(opened, batch);
        if (isTrue || (await this.#isHead(opened, batch, since))) {
          this.#conclude(batch, batch.base.sequence);
          return;
        }
        continue;
      }
      const entry = this.#entryOf(batch);
      try {
        const lostAt = await this.#write(entry, opened);
        if (lostAt === undefined) {
          await this.#checkWon(opened, entry, batch.base);
          await this.#catalog.applyOwn(opened, entry, since);
          this.#conclude(batch, entry.seq);
          open = batch.deferred;
          lost = 0;
        } else {
          await this.#catalog.verify(opened, lostAt).catch((error: unknown) => {
            // The next try opens another.
            if (!opened.isDiscarded) throw error;
          });
          this.#courtesy.lost(parts.surroundings.elapsed() - since);
          open = batch.open;
        }
      } catch (error) {
        const reason = failure(error);
        for (const { pending: command } of batch.accepted) command.reject(reason);
        // What was concluded beside them rested on their success, so it is decided again without them.
        open = batch.open.filter((one) => !batch.accepted.some(({ pending: accepted }) => accepted === one));
      }
      if (open.length === 0) return;
    }
    throw new CatalogBusyError(`other writers took ${commitLimits.lostSlots} slots`);
  }

  /** Twice as many as others wrote since the last time, so that reading them takes one round trip. */
  #lostWindow(): number {
    const window = Math.min(lostWindows.most, Math.max(lostWindows.least, this.#followed * 2));
    this.#followed = 0;
    return window;
  }

  /** Undefined when the view failed: it is thrown away, and the next one is asked. */
  async #decide(opened: Opened<V>, open: readonly Pending<C, A>[]): Promise<Batch<C, E, A> | undefined> {
    try {
      const batch = await this.#catalog.ask(opened, (view) => decideBatch(open, view, this.#catalog.parts));
      this.#failedViews = 0;
      return batch;
    } catch (error) {
      if (++this.#failedViews < 2) return undefined;
      this.#failedViews = 0;
      throw error;
    }
  }

  /** Whether the batch was decided on the newest state; if not, the view has caught up now. */
  async #isHead(opened: Opened<V>, batch: Batch<C, E, A>, decidedSince: number): Promise<boolean> {
    await this.#catalog.verify(opened, decidedSince);
    return opened.view.position.sequence === batch.base.sequence;
  }

  #conclude(batch: Batch<C, E, A>, sequence: number): void {
    for (const { pending, answer } of batch.accepted) pending.resolve({ sequence, answer });
    for (const conclude of batch.conclusions) conclude(sequence);
  }

  #entryOf(batch: Batch<C, E, A>): Entry<E> {
    return {
      version: entryVersions.written,
      seq: batch.base.sequence + 1,
      id: this.#catalog.parts.surroundings.uuid(),
      by: this.#catalog.parts.writer,
      at: batch.at,
      ...this.#courtesy.told(),
      commands: batch.accepted.map(({ command }) => command),
    };
  }

  /**
   * Puts the entry into its slot, the same bytes again while the store does not answer.
   *
   * @returns undefined when the slot is ours; else when it was found taken, by the forward-only clock: the view has been
   *   compared with the log since then, or is no good
   * @throws CommitOutcomeUnknownError, CommitFailedError; DamagedLogError, NewerEntryError when somebody else's entry is
   *   there and cannot be read
   */
  async #write(entry: Entry<E>, opened: Opened<V>): Promise<number | undefined> {
    const { log, surroundings } = this.#catalog.parts;
    const bytes = encodeEntry(entry);
    let unanswered: unknown;
    let isPutUnanswered = false;
    for (let attempt = 0; attempt < commitLimits.putAttempts; attempt++) {
      if (attempt > 0) await surroundings.sleep(pause(attempt, surroundings.random()));
      const putAt = surroundings.elapsed();
      try {
        const isCreated = await log.create(entry.seq, bytes);
        this.#courtesy.answered(surroundings.elapsed() - putAt);
        if (isCreated) {
          this.#courtesy.won(entry);
          return undefined;
        }
      } catch (error) {
        // Once an attempt went unanswered, even a plain refusal of the next does not say what became of it.
        if (hasChangedNothing(error) && unanswered === undefined) {
          throw new CommitFailedError({ cause: error });
        }
        unanswered = error;
        isPutUnanswered = true;
        continue;
      }
      const takenAt = surroundings.elapsed();
      // At the same time: who comes late has less far to go before the next try.
      const catchingUp = this.#catalog.verify(opened, takenAt, this.#lostWindow()).catch(() => {});
      try {
        const found = await log.read(entry.seq);
        await catchingUp;
        if (found !== undefined) return found.id === entry.id ? undefined : takenAt;
      } catch (error) {
        // Not ours, whatever became of our answers.
        if (error instanceof NewerEntryError) throw error;
        unanswered = error;
      }
      unanswered ??= new Error(`slot ${entry.seq} is taken and cannot be read`);
    }
    if (!isPutUnanswered && unanswered instanceof DamagedLogError) throw unanswered;
    throw new CommitOutcomeUnknownError({ cause: unanswered });
  }

  /**
   * An entry whose slot was won in what a deletion left of a log is nobody's.
   *
   * @throws CommitOutcomeUnknownError
   */
  async #checkWon(opened: Opened<V>, entry: Entry<E>, base: Position): Promise<void> {
    let cause: unknown;
    try {
      if (await this.#isEnd(base)) return;
      cause = DamagedLogError.missing(this.#catalog.parts.owner, base.sequence);
      await this.#catalog.withdraw(opened, entry);
    } catch (error) {
      cause = error;
    }
    throw new CommitOutcomeUnknownError({ cause });
  }

  /** The entry is stored: an answer that is lost once is no reason to call its outcome unknown. */
  async #isEnd(base: Position): Promise<boolean> {
    const { surroundings } = this.#catalog.parts;
    for (let looked = 1; ; looked++) {
      try {
        return await this.#catalog.isEnd(base);
      } catch (error) {
        if (looked === commitLimits.wonLooks) throw error;
        await surroundings.sleep(pause(looked, surroundings.random()));
      }
    }
  }
}

/**
 * Whether the log ended there at a time when all of them waited already, however many entries others have written
 * since: for who is far away it may never end where the view does.
 */
function wasHead<V extends View, C, E, A>(opened: Opened<V>, { base, open }: Batch<C, E, A>): boolean {
  if (opened.following !== undefined || opened.view.position.sequence !== base.sequence) return false;
  return open.every(({ submittedAt }) => submittedAt <= opened.verifiedAt);
}

/** What is said to those whose change was certainly not made, unless the error says that itself. */
function failure(error: unknown): unknown {
  const known = [
    CommitFailedError,
    CommitOutcomeUnknownError,
    CatalogBusyError,
    DamagedLogError,
    NewerEntryError,
  ];
  return known.some((kind) => error instanceof kind) ? error : new CommitFailedError({ cause: error });
}

/** Doubles, half of it by chance, so that writers who failed together do not return together. */
function pause(attempt: number, random: number): number {
  return commitLimits.firstPauseMilliseconds * 2 ** (attempt - 1) * (0.5 + random / 2);
}
