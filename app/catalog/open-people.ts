import type { ObjectStore } from "../storage/object-store.ts";
import { Committer } from "./protocol/committer.ts";
import type { Outcome } from "./protocol/outcome.ts";
import { CatalogClosedError } from "./protocol/errors.ts";
import { Log } from "./protocol/log.ts";
import type { Model } from "./protocol/model.ts";
import type { Notify } from "./protocol/notice.ts";
import { type Copied, OpenCatalog } from "./protocol/open-catalog.ts";
import { Segments, segmentLength } from "./protocol/segments.ts";
import { Snapshots, snapshotFormat } from "./protocol/snapshots.ts";
import type { Surroundings } from "./protocol/surroundings.ts";
import type { Tables } from "./protocol/tables.ts";
import type { View, ViewEngine } from "./protocol/view.ts";
import { WaitingNote } from "./protocol/waiting-note.ts";
import { OpeningQueue } from "./opening-queue.ts";
import { usableMemory } from "../usable-memory.ts";

interface Parts<V extends View, T extends Tables, C, E, A> {
  readonly store: ObjectStore;
  readonly engine: ViewEngine<V>;
  readonly model: Model<T, C, E, A>;
  readonly surroundings: Surroundings;
  readonly writer: string;
  /** @default nobody is told */
  readonly notify?: Notify;
  readonly limits?: Partial<OpenLimits>;
}

export interface OpenLimits {
  /**
   * Views that are open at once, those that are being closed included. Whoever's is not open waits until the one that
   * was not asked for longest is closed, and is refused with CatalogBusyError after 30 s. @default 1,000
   */
  readonly mostOpen: number;
  /**
   * Memory and files of all views, about: beyond it, those that were not asked for longest and are not being asked are
   * closed, as many as needed. @default a quarter of what the process may use
   */
  readonly mostBytes: number;
  /** Entries after which a snapshot is made. @default 256 */
  readonly snapshotInterval: number;
  /** Entries that make a snapshot worth while when a view is closed. @default 32 */
  readonly snapshotOnClosing: number;
  /** For the simulation only: the format has 256. */
  readonly segmentLength: number;
}

/** One owner's catalog: commands in, answers to questions out. */
export interface Person<V extends View, C, A> {
  submit(command: C, idempotencyKey: string): Promise<Outcome<A>>;
  read<R>(question: (view: V) => Promise<R>, sequence?: number, behindMilliseconds?: number): Promise<R>;
  /** Makes a snapshot, and segments of the log, where so many entries have none. Failing is told, not thrown. */
  keepUp(entries: number, isDryRun?: boolean): Promise<Copied>;
}

interface OpenPerson<V extends View, T extends Tables, C, E, A> {
  readonly catalog: OpenCatalog<V, T, C, E, A>;
  readonly committer: Committer<V, T, C, E, A>;
  /** Commands and questions under way. */
  busy: number;
}

/** The catalogs that are open in this process: the ones asked last, within bounds. */
export class OpenPeople<V extends View, T extends Tables, C, E, A> {
  readonly #parts: Parts<V, T, C, E, A>;
  readonly #limits: OpenLimits;
  readonly #format: string;
  /** In the order in which they were last asked. */
  readonly #open = new Map<string, OpenPerson<V, T, C, E, A>>();
  /** People with commands or questions under way. */
  #busyPeople = 0;
  /** Views on their way out: they still take memory and files. */
  readonly #closing = new Set<Promise<void>>();
  readonly #queue: OpeningQueue<OpenPerson<V, T, C, E, A>>;
  #isClosed = false;
  #shrinking: Promise<void> | undefined;

  constructor(parts: Parts<V, T, C, E, A>) {
    this.#parts = parts;
    this.#queue = new OpeningQueue(parts.surroundings);
    this.#format = snapshotFormat(parts.engine.format, parts.model);
    this.#limits = {
      mostOpen: 1000,
      mostBytes: parts.limits?.mostBytes ?? usableMemory() / 4,
      snapshotInterval: 256,
      snapshotOnClosing: 32,
      segmentLength,
      ...parts.limits,
    };
  }

  of(owner: string): Person<V, C, A> {
    const use = <R>(work: (person: OpenPerson<V, T, C, E, A>) => Promise<R>) => this.#use(owner, work);
    return {
      submit: (command, idempotencyKey) => use(({ committer }) => committer.submit(command, idempotencyKey)),
      read: (...asked) => use(({ catalog }) => catalog.read(...asked)),
      keepUp: (entries, isDryRun) => use(({ catalog }) => catalog.keepUp(entries, isDryRun)),
    };
  }

  /** Lets commands that were taken finish, then closes every view. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#queue.refuseAll(new CatalogClosedError());
    await this.#shrinking;
    await Promise.all(this.#closing);
    for (const { catalog, committer } of this.#open.values()) {
      await committer.settled();
      await catalog.close();
    }
    this.#open.clear();
  }

  async #use<R>(owner: string, work: (person: OpenPerson<V, T, C, E, A>) => Promise<R>): Promise<R> {
    if (this.#isClosed) throw new CatalogClosedError();
    if (!this.#parts.model.isOwner(owner)) {
      throw new RangeError(
        `no catalog of this kind can be the one of ${JSON.stringify(owner.slice(0, 120))}`,
      );
    }
    const person = this.#open.has(owner) || !this.#isFull ? this.#take(owner) : await this.#wait(owner);
    try {
      return await work(person);
    } finally {
      if (--person.busy === 0) this.#busyPeople--;
      this.#makeRoom();
      this.#shrinking ??= this.#shrink();
    }
  }

  get #isFull(): boolean {
    return this.#open.size + this.#closing.size >= this.#limits.mostOpen;
  }

  /** Marks the person as busy before anything else can happen, so that nobody closes it. */
  #take(owner: string): OpenPerson<V, T, C, E, A> {
    const person = this.#open.get(owner) ?? this.#make(owner);
    this.#open.delete(owner);
    this.#open.set(owner, person);
    if (person.busy++ === 0) this.#busyPeople++;
    return person;
  }

  async #wait(owner: string): Promise<OpenPerson<V, T, C, E, A>> {
    const turn = this.#queue.wait(owner);
    this.#makeRoom();
    return await turn;
  }

  /** Begins to close idle views, the ones not asked for longest first, until as many are on their way out as wait. */
  #makeRoom(): void {
    if (this.#isClosed) return;
    for (const [owner, person] of this.#open) {
      const isEnough = this.#closing.size >= this.#queue.size || this.#busyPeople >= this.#open.size;
      if (isEnough) return;
      if (person.busy === 0) void this.#close(owner, person);
    }
  }

  /** Closes idle views, the ones not asked for longest first, until the rest is within the bound of bytes. */
  async #shrink(): Promise<void> {
    const { engine, notify } = this.#parts;
    try {
      let isAnew = false;
      for (const [owner, person] of this.#open) {
        if (person.busy > 0) continue;
        if ((await engine.usedBytes(isAnew)) <= this.#limits.mostBytes || this.#isClosed) return;
        // It may have been asked, or closed, while that was measured.
        if (person.busy > 0 || this.#open.get(owner) !== person) continue;
        await this.#close(owner, person);
        isAnew = true;
      }
    } catch (error) {
      notify?.({ kind: "upkeep-failed", owner: "", error });
    } finally {
      this.#shrinking = undefined;
    }
  }

  /** Never fails: what does is told. */
  #close(owner: string, person: OpenPerson<V, T, C, E, A>): Promise<void> {
    this.#open.delete(owner);
    const closing: Promise<void> = this.#copyAndClose(owner, person).finally(() => {
      this.#closing.delete(closing);
      while (this.#queue.size > 0 && !this.#isFull) this.#queue.admitFirst((next) => this.#take(next));
    });
    this.#closing.add(closing);
    return closing;
  }

  async #copyAndClose(owner: string, { catalog }: OpenPerson<V, T, C, E, A>): Promise<void> {
    try {
      await catalog.keepUp(this.#limits.snapshotOnClosing);
      await catalog.close();
    } catch (error) {
      this.#parts.notify?.({ kind: "upkeep-failed", owner, error });
    }
  }

  #make(owner: string): OpenPerson<V, T, C, E, A> {
    const { store, engine, model, surroundings, writer, notify = () => {} } = this.#parts;
    const catalog = new OpenCatalog({
      owner,
      log: new Log(store, owner, model),
      segments: new Segments(store, owner, model, this.#limits.segmentLength, surroundings),
      snapshots: new Snapshots(store, owner, this.#format, model.retiredFormats),
      waitingNote: new WaitingNote(store, owner, surroundings),
      engine,
      model,
      surroundings,
      writer,
      notify,
      limits: this.#limits,
    });
    return { catalog, committer: new Committer(catalog), busy: 0 };
  }
}
