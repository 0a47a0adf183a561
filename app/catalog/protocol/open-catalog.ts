import { Changes } from "./changes.ts";
import type { Entry } from "./entry.ts";
import { InvalidTokenError } from "./errors.ts";
import type { Log } from "./log.ts";
import type { Model } from "./model.ts";
import { layEntries, positionAfter } from "./replay.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Tables } from "./tables.ts";
import type { View, ViewEngine } from "./view.ts";

/** A view that was compared with the log within this time may answer. */
const freshMilliseconds = 1000;

export interface CatalogParts<V extends View, T extends Tables, C, E, A> {
  readonly owner: string;
  readonly log: Log<T, C, E, A>;
  readonly engine: ViewEngine<V>;
  readonly model: Model<T, C, E, A>;
  readonly surroundings: Surroundings;
  /** Names this process in the entries that it writes. */
  readonly writer: string;
}

/** A view and how far it can be trusted. */
export interface Opened<V extends View> {
  readonly view: V;
  /** On the forward-only clock: at this time or later the view was at the head of the log. */
  verifiedAt: number;
  /** Questions under way; a view that is thrown away is closed after the last. */
  questions: number;
  isDiscarded: boolean;
  /** The comparison with the log that is under way; who needs one no newer than it shares it. */
  following: Promise<void> | undefined;
}

/** A view that fails is replaced and asked once more; what fails again is no matter of the view. */
const viewsTried = 2;

/** One owner's catalog in this process: opens its view, keeps it up with the log, throws it away in doubt. */
export class OpenCatalog<V extends View, T extends Tables, C, E, A> {
  readonly parts: CatalogParts<V, T, C, E, A>;
  #opening: Promise<Opened<V>> | undefined;
  /** Changes of the view one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: CatalogParts<V, T, C, E, A>) {
    this.parts = parts;
  }

  /** The view as it is, opened if need be: complete up to some moment, perhaps behind by now. */
  async opened(): Promise<Opened<V>> {
    this.#opening ??= this.#open();
    const opening = this.#opening;
    try {
      return await opening;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
  }

  /**
   * Asks a view that is at most a second behind and has applied the given entry.
   *
   * @throws InvalidTokenError when the log does not reach that entry.
   */
  async read<R>(question: (view: V) => Promise<R>, sequence = 0): Promise<R> {
    const asked = this.parts.surroundings.elapsed();
    for (let tried = 1; ; tried++) {
      const opened = await this.opened();
      try {
        if (opened.view.position.sequence < sequence || opened.verifiedAt < asked - freshMilliseconds) {
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

  /** Compares the view with the log, beginning no earlier than the given time, and applies what it lacks. */
  async verify(opened: Opened<V>, notBefore: number): Promise<void> {
    while (opened.verifiedAt < notBefore) {
      opened.following ??= this.#follow(opened).finally(() => {
        opened.following = undefined;
      });
      await opened.following;
    }
  }

  /** Puts a question to this view, however old. A view that fails is thrown away. */
  async ask<R>(opened: Opened<V>, question: (view: V) => Promise<R>): Promise<R> {
    opened.questions++;
    try {
      return await question(opened.view);
    } catch (error) {
      await this.discard(opened);
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
      await this.discard(opened);
    }
  }

  /** Throws the view away; the next question opens another from the store. */
  async discard(opened: Opened<V>): Promise<void> {
    if (opened.isDiscarded) return;
    opened.isDiscarded = true;
    this.#opening = undefined;
    if (opened.questions === 0) await opened.view.close();
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    if (opening === undefined) return;
    const opened = await opening.catch(() => undefined);
    if (opened !== undefined) await this.discard(opened);
  }

  async #open(): Promise<Opened<V>> {
    const { engine, model, owner } = this.parts;
    const view = await engine.create(owner);
    const opened: Opened<V> = {
      view,
      verifiedAt: Number.NEGATIVE_INFINITY,
      questions: 0,
      isDiscarded: false,
      following: undefined,
    };
    try {
      await view.apply(model.initial(owner), view.position);
      await this.#follow(opened);
      return opened;
    } catch (error) {
      opened.isDiscarded = true;
      await view.close();
      throw error;
    }
  }

  async #follow(opened: Opened<V>): Promise<void> {
    // Before the first read: an entry that appears during it may be missed.
    const since = this.parts.surroundings.elapsed();
    for await (const run of this.parts.log.after(opened.view.position.sequence))
      await this.#apply(opened, run);
    opened.verifiedAt = Math.max(opened.verifiedAt, since);
  }

  /** The part of the run that the view does not have, in one transaction. */
  async #apply(opened: Opened<V>, run: readonly Entry<E>[]): Promise<void> {
    const before = this.#turn;
    const applying = (async () => {
      await before;
      const { owner, model } = this.parts;
      const reached = opened.view.position.sequence;
      const entries = run.filter((entry) => entry.seq > reached);
      const last = entries.at(-1);
      if (last === undefined) return;
      if (entries[0]?.seq !== reached + 1) throw new Error(`entry ${reached + 1} of ${owner} was left out`);
      const changes = new Changes(model.tables);
      layEntries(entries, owner, model, changes);
      try {
        await opened.view.apply(changes, positionAfter(last));
      } catch (error) {
        await this.discard(opened);
        throw error;
      }
    })();
    this.#turn = applying.catch(() => undefined);
    await applying;
  }
}
