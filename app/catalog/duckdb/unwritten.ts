import { Changes } from "../protocol/changes.ts";
import type { Row, Tables } from "../protocol/tables.ts";
import type { Position } from "../protocol/view.ts";
import { type KnownRow, rowAfter } from "./known-rows.ts";

/** Of one person. The first question waits until so many rows are written, some milliseconds. */
const mostRows = 64;

/** A photo's, about: in three forms until it is written. */
const rowBytes = 3 * 1024;

/** A row as the view has it. */
export type RowNow = (table: string, key: string) => KnownRow;

/**
 * What a view has taken and not written into its file yet. The log has it already, so that nothing is lost with it; and
 * many entries written together take a fraction of the statements.
 */
export class Unwritten {
  readonly changes: Changes;
  readonly #tables: Tables;
  #position: Position = { sequence: 0, at: 0 };
  /** By table and key, as the file has them. */
  readonly #before = new Map<string, KnownRow>();
  /** By table, then by key, as the view has them. */
  readonly #after = new Map<string, Map<string, Row | null>>();

  constructor(tables: Tables) {
    this.#tables = tables;
    this.changes = new Changes(tables);
  }

  /** Of memory, about. */
  get bytes(): number {
    return this.changes.rowCount * rowBytes;
  }

  /** That of the changes taken last. */
  get position(): Position {
    return this.#position;
  }

  /**
   * Whether these changes can be added: they are few, and every row that they make is known as a whole, so that who asks
   * for rows can be answered as if they were written.
   */
  canTake(changes: Changes, now: RowNow): boolean {
    if (this.changes.rowCount + changes.rowCount > mostRows) return false;
    if ([...changes.expirations].length > 0) return false;
    for (const { table, key, change } of changes.all()) {
      if (change.kind === "patch" && now(table, key) === undefined) return false;
    }
    return true;
  }

  take(changes: Changes, position: Position, now: RowNow): void {
    for (const { table, key, change } of changes.all()) {
      const before = now(table, key);
      const name = `${table}/${key}`;
      if (!this.#before.has(name)) this.#before.set(name, before);
      const rows = this.#after.get(table) ?? new Map<string, Row | null>();
      this.#after.set(
        table,
        rows.set(key, rowAfter(this.#tables, table, before ?? undefined, change) ?? null),
      );
    }
    this.changes.append(changes);
    this.#position = position;
  }

  /** As the file has it. */
  get(table: string, key: string): KnownRow {
    return this.#before.get(`${table}/${key}`);
  }

  /** The table's rows that differ from the file's. */
  rowsOf(table: string): ReadonlyMap<string, Row | null> {
    return this.#after.get(table) ?? new Map<string, Row | null>();
  }
}
