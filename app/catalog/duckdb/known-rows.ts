import { type Change, type Changes, changed } from "../protocol/changes.ts";
import type { Row, Tables, Value } from "../protocol/tables.ts";
import { BloomFilter, bloomFilterBytes } from "./bloom-filter.ts";

/** Null: there is no such row. Undefined: nobody knows. */
export type KnownRow = Row | null | undefined;

/** Rows that stay known after they were written; of what a decision reads, more. Values that no row has. */
const most = { kept: 64, read: 2000, absent: 256 } as const;

/** A photo's, about. */
const rowBytes = 1024;

/** Questions about a column until its values are read, and where they were too many, until it is tried again. */
const worthReading = { questions: 4, again: 4096 } as const;

/** Values of one column that are read at most; twice as many are remembered. */
export const mostValues = 8192;

interface ColumnValues {
  /** That only DuckDB could answer, since its values were read last. */
  questions: number;
  /** At least those that rows have now. */
  held: BloomFilter | undefined;
}

/**
 * The rows of a view that were read or written last, as they are now: what a command was decided on need not be read
 * again to change it, and what is known to be absent need not be deleted before it is put. And values that no row has
 * in some column: the sum of a file that has just been looked for, or whatever the column's values do not have: most
 * questions of a command are whether something is there already, and it is not.
 */
export class KnownRows {
  readonly #tables: Tables;
  /** Null for a key without a row. The oldest first. */
  readonly #rows = new Map<string, Row | null>();
  /** By table and column. */
  readonly #absent = new Map<string, Map<string, Set<string>>>();
  #absentCount = 0;
  /** By table and column. */
  readonly #values = new Map<string, Map<string, ColumnValues>>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** Of memory, about. */
  get bytes(): number {
    const filters = [...this.#values.values()].flatMap((columns) => [...columns.values()]);
    const filterCount = filters.filter(({ held }) => held !== undefined).length;
    return this.#rows.size * rowBytes + filterCount * bloomFilterBytes;
  }

  get(table: string, key: string): KnownRow {
    const row = this.#rows.get(`${table}/${key}`);
    if (row !== undefined) return row;
    const column = this.#tables[table]?.key ?? "";
    return this.#lacks(table, column, key) ? null : undefined;
  }

  note(table: string, key: string, row: Row | null): void {
    const name = `${table}/${key}`;
    this.#rows.delete(name);
    this.#rows.set(name, row);
    this.#forget(most.read);
  }

  /** Whether it is known that no row has this value in the column. */
  isAbsent(table: string, column: string, value: string): boolean {
    const isNoted = this.#absent.get(table)?.get(column)?.has(value) ?? false;
    return isNoted || this.#lacks(table, column, value);
  }

  /**
   * Counts a question that only DuckDB can answer.
   *
   * @returns whether to read the column's values first, and to note them
   */
  isWorthReading(table: string, column: string): boolean {
    const values = this.#valuesOf(table, column);
    if (values.held !== undefined || values.questions++ < worthReading.questions) return false;
    values.questions = 0;
    return true;
  }

  /** @param held all that rows have in the column; undefined where they are too many */
  noteValues(table: string, column: string, held: readonly string[] | undefined): void {
    const values = this.#valuesOf(table, column);
    if (held === undefined) {
      values.questions = -worthReading.again;
      return;
    }
    values.held = new BloomFilter();
    for (const value of held) values.held.add(value);
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
      this.#values.clear();
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
    for (const [column, values] of this.#values.get(table) ?? []) {
      const value = row[column];
      if (typeof value === "string") values.held?.add(value);
      // With too many it says too often that something may be there; some of them may be gone.
      if ((values.held?.added ?? 0) > 2 * mostValues) values.held = undefined;
    }
  }

  #lacks(table: string, column: string, value: string): boolean {
    return this.#values.get(table)?.get(column)?.held?.mayHave(value) === false;
  }

  #valuesOf(table: string, column: string): ColumnValues {
    const columns = this.#values.get(table) ?? new Map<string, ColumnValues>();
    const values = columns.get(column) ?? { questions: 0, held: undefined };
    this.#values.set(table, columns.set(column, values));
    return values;
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
