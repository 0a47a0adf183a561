import type { ObjectStore } from "../storage/object-store.ts";
import { Committer, type Outcome } from "./protocol/committer.ts";
import { CatalogClosedError } from "./protocol/errors.ts";
import { Log } from "./protocol/log.ts";
import type { Model } from "./protocol/model.ts";
import { OpenCatalog } from "./protocol/open-catalog.ts";
import type { Surroundings } from "./protocol/surroundings.ts";
import type { Tables } from "./protocol/tables.ts";
import type { View, ViewEngine } from "./protocol/view.ts";

interface Parts<V extends View, T extends Tables, C, E, A> {
  readonly store: ObjectStore;
  readonly engine: ViewEngine<V>;
  readonly model: Model<T, C, E, A>;
  readonly surroundings: Surroundings;
  readonly writer: string;
}

/** One owner's catalog: commands in, answers to questions out. */
export interface Person<V extends View, C, A> {
  submit(command: C, idempotencyKey: string): Promise<Outcome<A>>;
  read<R>(question: (view: V) => Promise<R>, sequence?: number): Promise<R>;
}

/** The catalogs that are open in this process. */
export class OpenPeople<V extends View, T extends Tables, C, E, A> {
  readonly #parts: Parts<V, T, C, E, A>;
  readonly #open = new Map<
    string,
    { catalog: OpenCatalog<V, T, C, E, A>; committer: Committer<V, T, C, E, A> }
  >();
  #isClosed = false;

  constructor(parts: Parts<V, T, C, E, A>) {
    this.#parts = parts;
  }

  of(owner: string): Person<V, C, A> {
    if (this.#isClosed) throw new CatalogClosedError();
    const { catalog, committer } = this.#open.get(owner) ?? this.#make(owner);
    return {
      submit: (command, idempotencyKey) => committer.submit(command, idempotencyKey),
      read: (question, sequence) => catalog.read(question, sequence),
    };
  }

  /** Lets commands that were taken finish, then closes every view. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { catalog, committer } of this.#open.values()) {
      await committer.settled();
      await catalog.close();
    }
    this.#open.clear();
  }

  #make(owner: string) {
    const { store, ...parts } = this.#parts;
    const log = new Log(store, owner, parts.model);
    const catalog = new OpenCatalog({ ...parts, owner, log });
    const made = { catalog, committer: new Committer(catalog) };
    this.#open.set(owner, made);
    return made;
  }
}
