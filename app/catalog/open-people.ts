import type { ObjectStore } from "../storage/object-store.ts";
import { Committer } from "./protocol/committer.ts";
import type { Outcome } from "./protocol/outcome.ts";
import { CatalogBusyError, CatalogClosedError } from "./protocol/errors.ts";
import { Log } from "./protocol/log.ts";
import type { Model } from "./protocol/model.ts";
import type { Notify } from "./protocol/notice.ts";
import { OpenCatalog } from "./protocol/open-catalog.ts";
import { Segments, segmentLength } from "./protocol/segments.ts";
import { Snapshots, snapshotFormat } from "./protocol/snapshots.ts";
import type { Surroundings } from "./protocol/surroundings.ts";
import type { Tables } from "./protocol/tables.ts";
import type { View, ViewEngine } from "./protocol/view.ts";
import { WaitingNote } from "./protocol/waiting-note.ts";
import { usableMemory } from "../usable-memory.ts";

/** Requests that may wait until another person's catalog may be opened. */
const mostWaiting = 10_000;

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
   * Views that stay open at once; the one that was not asked for longest is closed. While as many are being asked,
   * whoever's is not open waits. @default 1,000
   */
  readonly mostOpen: number;
  /** Memory and files of all views, about. @default a quarter of what the process may use */
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
  read<R>(question: (view: V) => Promise<R>, sequence?: number): Promise<R>;
  /** Makes a snapshot, and segments of the log, where so many entries have none. Failing is told, not thrown. */
  keepUp(entries: number): Promise<void>;
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
  readonly #waiting: (() => void)[] = [];
  #isClosed = false;
  #evicting: Promise<void> | undefined;

  constructor(parts: Parts<V, T, C, E, A>) {
    this.#parts = parts;
    this.#format = snapshotFormat(parts.engine.format, parts.model);
    this.#limits = {
      mostOpen: 1000,
      mostBytes: usableMemory() / 4,
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
      read: (question, sequence) => use(({ catalog }) => catalog.read(question, sequence)),
      keepUp: (entries) => use(({ catalog }) => catalog.keepUp(entries)),
    };
  }

  /** Lets commands that were taken finish, then closes every view. */
  async close(): Promise<void> {
    this.#isClosed = true;
    // Each finds that it is closed.
    for (const goOn of this.#waiting.splice(0)) goOn();
    await this.#evicting;
    for (const { catalog, committer } of this.#open.values()) {
      await committer.settled();
      await catalog.close();
    }
    this.#open.clear();
  }

  async #use<R>(owner: string, work: (person: OpenPerson<V, T, C, E, A>) => Promise<R>): Promise<R> {
    while (!this.#open.has(owner) && this.#busyPeople >= this.#limits.mostOpen) {
      if (this.#waiting.length >= mostWaiting) {
        throw new CatalogBusyError(`${mostWaiting} requests wait for a catalog to be opened`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#isClosed) throw new CatalogClosedError();
    const person = this.#open.get(owner) ?? this.#make(owner);
    this.#open.delete(owner);
    this.#open.set(owner, person);
    if (person.busy++ === 0) this.#busyPeople++;
    try {
      return await work(person);
    } finally {
      if (--person.busy === 0) this.#busyPeople--;
      this.#waiting.shift()?.();
      this.#evicting ??= this.#evict();
    }
  }

  /** Closes the views that were not asked for longest until the rest is within bounds. */
  async #evict(): Promise<void> {
    const { mostOpen, mostBytes, snapshotOnClosing } = this.#limits;
    const { engine, notify } = this.#parts;
    try {
      for (const [owner, person] of this.#open) {
        const isWithin = this.#open.size <= mostOpen && (await engine.usedBytes()) <= mostBytes;
        if (isWithin || this.#isClosed) return;
        if (person.busy > 0) continue;
        this.#open.delete(owner);
        await person.catalog.keepUp(snapshotOnClosing);
        await person.catalog.close();
      }
    } catch (error) {
      notify?.({ kind: "upkeep-failed", owner: "", error });
    } finally {
      this.#evicting = undefined;
    }
  }

  #make(owner: string): OpenPerson<V, T, C, E, A> {
    const { store, engine, model, surroundings, writer, notify = () => {} } = this.#parts;
    const catalog = new OpenCatalog({
      owner,
      log: new Log(store, owner, model),
      segments: new Segments(store, owner, model, this.#limits.segmentLength, surroundings),
      snapshots: new Snapshots(store, owner, this.#format),
      waitingNote: new WaitingNote(store, owner),
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
