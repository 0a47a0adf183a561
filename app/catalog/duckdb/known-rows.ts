import { type Change, type Changes, changed } from "../protocol/changes.ts";
import type { Row, Tables, Value } from "../protocol/tables.ts";

/** Null: there is no such row. Undefined: nobody knows. */
export type KnownRow = Row | null | undefined;

/** Rows that stay known after they were written; of what a decision reads, more. Values that no row has. */
const most = { kept: 64, read: 2000, absent: 256 } as const;

/**
 * The rows of a view that were read or written last, as they are now: what a command was decided on need not be read
 * again to change it, and what is known to be absent need not be deleted before it is put. And values that no row has
 * in some column, such as the sum of a file that has just been looked for.
 */
export class KnownRows {
  readonly #tables: Tables;
  /** Null for a key without a row. The oldest first. */
  readonly #rows = new Map<string, Row | null>();
  /** By table and column. */
  readonly #absent = new Map<string, Map<string, Set<string>>>();
  #absentCount = 0;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  get(table: string, key: string): KnownRow {
    return this.#rows.get(`${table}/${key}`);
  }

  note(table: string, key: string, row: Row | null): void {
    const name = `${table}/${key}`;
    this.#rows.delete(name);
    this.#rows.set(name, row);
    this.#forget(most.read);
  }

  /** Whether it is known that no row has this value in the column. */
  isAbsent(table: string, column: string, value: string): boolean {
    return this.#absent.get(table)?.get(column)?.has(value) ?? false;
  }

  /** No row has the value in the column. */
  noteAbsent(table: string, column: string, value: string): void {
    if (this.#absentCount >= most.absent) this.#forgetAbsent();
    const columns = this.#absent.get(table) ?? new Map<string, Set<string>>();
    const values = columns.get(column) ?? new Set();
    this.#absent.set(table, columns.set(column, values.add(value)));
    this.#absentCount++;
  }

  /** The rows are changed from here on. */
  follow(changes: Changes): void {
    if (changes.rowCount > most.read) {
      this.#rows.clear();
      this.#forgetAbsent();
      return;
    }
    for (const { table, key, change } of changes.all()) {
      if (change.kind !== "remove") {
        this.#appear(table, change.kind === "put" ? change.row : change.set);
      }
      const before = this.get(table, key);
      if (change.kind === "patch" && before === undefined) continue;
      this.note(table, key, rowAfter(this.#tables, table, before ?? undefined, change) ?? null);
    }
    for (const { table } of changes.expirations) {
      for (const name of this.#rows.keys()) if (name.startsWith(`${table}/`)) this.#rows.delete(name);
    }
    this.#forget(most.kept);
  }

  /** The row has these values now. */
  #appear(table: string, row: Row): void {
    for (const [column, values] of this.#absent.get(table) ?? []) {
      const value = row[column];
      if (typeof value === "string") values.delete(value);
    }
  }

  #forgetAbsent(): void {
    this.#absent.clear();
    this.#absentCount = 0;
  }

  #forget(leave: number): void {
    for (const name of this.#rows.keys()) {
      if (this.#rows.size <= leave) return;
      this.#rows.delete(name);
    }
  }
}

/** The row after the change, as it would be read; undefined where there is none then. */
export function rowAfter(
  tables: Tables,
  table: string,
  before: Row | undefined,
  change: Change,
): Row | undefined {
  if (change.kind !== "put") return changed(before, change);
  const whole: Record<string, Value> = {};
  for (const property of Object.keys(tables[table]?.columns ?? {})) {
    whole[property] = change.row[property] ?? null;
  }
  return whole;
}
