import { type Changes, changed } from "../protocol/changes.ts";
import type { Row, Tables, Value } from "../protocol/tables.ts";

/** Rows that stay known after they were written; of what a decision reads, more. */
const most = { kept: 64, read: 2000 } as const;

/**
 * The rows of a view that were read or written last, as they are now: what a command was decided on need not be read
 * again to change it, and what is known to be absent need not be deleted before it is put.
 */
export class KnownRows {
  readonly #tables: Tables;
  /** Null for a key without a row. The oldest first. */
  readonly #rows = new Map<string, Row | null>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** Null where it is known that there is none, undefined where nothing is known. */
  get(table: string, key: string): Row | null | undefined {
    return this.#rows.get(`${table}/${key}`);
  }

  note(table: string, key: string, row: Row | null): void {
    const name = `${table}/${key}`;
    this.#rows.delete(name);
    this.#rows.set(name, row);
    this.#forget(most.read);
  }

  /** After the changes were written. */
  follow(changes: Changes): void {
    if (changes.rowCount > most.read) {
      this.#rows.clear();
      return;
    }
    for (const { table, key, change } of changes.all()) {
      const before = this.get(table, key);
      if (change.kind === "remove") this.note(table, key, null);
      else if (change.kind === "put") this.note(table, key, this.#whole(table, change.row));
      else if (before !== undefined && before !== null) {
        this.note(table, key, changed(before, change) ?? null);
      }
    }
    for (const { table } of changes.expirations) {
      for (const name of this.#rows.keys()) if (name.startsWith(`${table}/`)) this.#rows.delete(name);
    }
    this.#forget(most.kept);
  }

  /** As it would be read. */
  #whole(table: string, row: Row): Row {
    const whole: Record<string, Value> = {};
    for (const property of Object.keys(this.#tables[table]?.columns ?? {})) {
      whole[property] = row[property] ?? null;
    }
    return whole;
  }

  #forget(leave: number): void {
    for (const name of this.#rows.keys()) {
      if (this.#rows.size <= leave) return;
      this.#rows.delete(name);
    }
  }
}
