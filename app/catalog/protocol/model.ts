import type { Changes } from "./changes.ts";
import type { RowOf, Tables } from "./tables.ts";

/**
 * What one kind of catalog is about: its tables, what commands it takes and what effects mean. The protocol
 * knows logs and views; only a model knows photos.
 */
export interface Model<T extends Tables, C, E, A> {
  readonly tables: T;

  /** Counted up when effects come to mean something else while the tables stay: views are then made anew from the log. */
  readonly viewVersion: number;

  /**
   * Formats of snapshots of the release before the last one that had another, and of older ones: nobody goes back to
   * them, and their snapshots are dropped. What is not named here stays, for nothing tells it from a newer release's.
   */
  readonly retiredFormats: readonly string[];

  /** Whether a log of this name may be one of these: effects of one kind of catalog are unreadable in another's. */
  isOwner(name: string): boolean;

  /** Rows that exist before the first entry. */
  initial(owner: string): Changes;

  /** Rows that `decide` will ask for, so that a whole batch is read in a few questions. Leaving some out is slow, not wrong. */
  needs(command: C, owner: string): readonly Need<T>[];

  /**
   * What was asked for, where the command has more than that: what is read for deciding may be another when the request
   * is repeated, and it is the same request. @default all of the command
   */
  requestOf?(command: C): unknown;

  /**
   * Checks the command against the state and says what it would change. Reads only.
   *
   * @throws RefusalError when it cannot be done.
   */
  decide(command: C, state: State<T>, context: DecisionContext): Promise<Decision<E>>;

  /** What whoever gave the command is told, by the state after it. */
  answer(decision: Pick<Decision<E>, "subject">, state: State<T>): Promise<A>;

  /** Writes down what the effect changes; the one place where its meaning stands. */
  mean(effect: E, changes: Changes, context: EffectContext): void;

  /** What the bytes of a command change. */
  account(bytes: number, changes: Changes, context: EffectContext): void;

  /** Kinds of effects that this release reads. */
  readonly effectKinds: readonly string[];

  /**
   * Those of them that only the next release writes: a new kind stands here for one release, so that going back a
   * release never meets what it cannot read. Deciding on one fails, and nothing is written.
   */
  readonly unwrittenKinds: readonly string[];

  /** Checks an effect read from a log. Undefined for a kind that this release does not know. */
  parseEffect(value: unknown): E | undefined;
}

/** Rows whose column has this value; by their key where no column is named. */
export type Need<T extends Tables> = {
  readonly [K in keyof T & string]: {
    readonly table: K;
    readonly column?: keyof T[K]["columns"] & string;
    readonly value: string;
  };
}[keyof T & string];

export interface State<T extends Tables> {
  get<K extends keyof T & string>(table: K, key: string): Promise<RowOf<T[K]> | undefined>;
  /** In the order of their keys: what is decided from them must not depend on the view. */
  find<K extends keyof T & string>(
    table: K,
    column: keyof T[K]["columns"] & string,
    value: string,
  ): Promise<readonly RowOf<T[K]>[]>;
  /**
   * At least the greatest number in a column of the rows that have this value in another, and no more than such a row
   * has now or had before this entry; undefined where there was none. Costs one question, however many rows.
   */
  greatest<K extends keyof T & string>(
    table: K,
    number: keyof T[K]["columns"] & string,
    column: keyof T[K]["columns"] & string,
    value: string,
  ): Promise<number | undefined>;
}

export interface DecisionContext {
  readonly owner: string;
  /** The time that the entry will carry, ISO 8601 in UTC. */
  readonly at: string;
}

export interface Decision<E> {
  /** None: the state is already as wanted, and no entry is written. */
  readonly effects: readonly E[];
  /** What the command adds to the bytes that count against the quota; negative frees. */
  readonly bytes: number;
  /** The key of what the command was about. */
  readonly subject: string | null;
}

export interface EffectContext extends DecisionContext {
  readonly sequence: number;
}

/** A command that the state does not allow. Nothing was written. Domain errors extend it. */
export abstract class RefusalError extends Error {
  abstract readonly code: string;
}
