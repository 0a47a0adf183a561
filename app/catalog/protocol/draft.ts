import { Changes, changed } from "./changes.ts";
import type { Model, State } from "./model.ts";
import { type KeyRow, type Row, type RowOf, type Tables, keyOf } from "./tables.ts";
import { type Position, type View } from "./view.ts";

/**
 * The state that the next command of a batch meets: the view's rows plus the changes of those accepted before
 * it. Reads each row of the view at most once.
 */
export class Draft<T extends Tables> implements State<T> {
  /** Where the view stood at the beginning: the entry goes into the slot after it, whatever the view does since. */
  readonly base: Position;
  readonly changes: Changes;
  readonly #view: View;
  readonly #tables: T;
  readonly #rows = new Map<string, Row | undefined>();

  constructor(view: View, tables: T) {
    this.#view = view;
    this.#tables = tables;
    this.base = view.position;
    this.changes = new Changes(tables);
  }

  /** Reads many rows in one question a table. */
  async prefetch(needs: ReturnType<Model<T, never, never, never>["needs"]>): Promise<void> {
    const keysOfTables = new Map<string, Set<string>>();
    for (const { table, key } of needs) {
      if (this.#rows.has(`${table}/${key}`)) continue;
      keysOfTables.set(table, (keysOfTables.get(table) ?? new Set()).add(key));
    }
    for (const [table, keys] of keysOfTables) {
      const rows = await this.#view.get(table, [...keys]);
      for (const key of keys) this.#rows.set(`${table}/${key}`, undefined);
      for (const row of rows) this.#rows.set(`${table}/${this.#keyOf(table, row)}`, row);
    }
  }

  async get<K extends keyof T & string>(table: K, key: string): Promise<RowOf<T[K]> | undefined> {
    const row = await this.#row(table, key);
    return row && this.#typed<K>(row);
  }

  async key(key: string): Promise<KeyRow | undefined> {
    const row = await this.#row("keys", key);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every model has keysTable under this name
    return row as KeyRow | undefined;
  }

  async find<K extends keyof T & string>(
    table: K,
    column: keyof T[K]["columns"] & string,
    value: string,
  ): Promise<readonly RowOf<T[K]>[]> {
    const found = new Map<string, Row>();
    for (const row of await this.#view.find(table, column, value)) found.set(this.#keyOf(table, row), row);
    for (const { table: changedTable, key } of this.changes.all()) {
      if (changedTable !== table) continue;
      const row = await this.#row(table, key);
      if (row?.[column] === value) found.set(key, row);
      else found.delete(key);
    }
    return [...found.values()].map((row) => this.#typed<K>(row));
  }

  async #row(table: string, key: string): Promise<Row | undefined> {
    const change = this.changes.change(table, key);
    if (change !== undefined && change.kind !== "patch") return changed(undefined, change);
    const id = `${table}/${key}`;
    if (!this.#rows.has(id)) this.#rows.set(id, (await this.#view.get(table, [key]))[0]);
    const row = this.#rows.get(id);
    return change === undefined ? row : changed(row, change);
  }

  #keyOf(table: string, row: Row): string {
    return keyOf(row, this.#tables[table]);
  }

  #typed<K extends keyof T & string>(row: Row): RowOf<T[K]> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- views hold rows by the schema that T is
    return row as RowOf<T[K]>;
  }
}
