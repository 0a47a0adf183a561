import type { Changes } from "./changes.ts";
import type { Row } from "./tables.ts";

/** How far a view has got in its log. */
export interface Position {
  /** Number of the last entry applied; 0 before the first. */
  readonly sequence: number;
  /** The time of that entry, in milliseconds since 1970; 0 before the first. */
  readonly at: number;
}

/**
 * What answers questions about one catalog: DuckDB in the service, a map in the simulation. A view may be
 * thrown away at any time; the log is the truth.
 */
export interface View {
  readonly position: Position;

  /** Rows whose column has one of these values. */
  find(table: string, column: string, values: readonly string[]): Promise<readonly Row[]>;

  /** The greatest number in a column of the rows that have this value in another; undefined where there is none. */
  greatest(table: string, number: string, column: string, value: string): Promise<number | undefined>;

  /** Everything in it, of one moment, rows in the order of their keys. */
  contents(): Promise<ViewContents>;

  /** All changes and the new position, or none of it. */
  apply(changes: Changes, position: Position): Promise<void>;

  /** A copy of one moment that the engine can restore. */
  snapshot(): Promise<{ readonly position: Position; readonly bytes: Uint8Array }>;

  /** Lets go of memory and files. */
  close(): Promise<void>;
}

export interface ViewContents {
  readonly position: Position;
  readonly tables: Readonly<Record<string, readonly Row[]>>;
}

/** Makes views of one catalog each. */
export interface ViewEngine<V extends View> {
  /** Changes when snapshots of before cannot be restored any more. */
  readonly format: string;

  /** An empty view. */
  create(owner: string): Promise<V>;

  /** The view that a snapshot was taken of. @throws when the bytes are no such thing */
  restore(owner: string, bytes: Uint8Array): Promise<V>;

  /**
   * Memory and files that all open views take, about.
   *
   * @param isAnew whether a figure of some seconds ago does not do: a view was closed since. @default false
   */
  usedBytes(isAnew?: boolean): Promise<number>;
}
