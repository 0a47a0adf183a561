import { Changes, changed } from "../../app/catalog/protocol/changes.ts";
import type { Row, Tables } from "../../app/catalog/protocol/tables.ts";
import type { Position, View, ViewContents, ViewEngine } from "../../app/catalog/protocol/view.ts";

/** A view in maps: the same port as DuckDB's, a thousand times cheaper. */
export class MemoryView implements View {
  position: Position = { sequence: 0, at: 0 };
  readonly #tables = new Map<string, Map<string, Row>>();

  constructor(tables: Tables) {
    for (const table of Object.keys(tables)) this.#tables.set(table, new Map());
  }

  find(table: string, column: string, values: readonly string[]): Promise<readonly Row[]> {
    const isWanted = (value: unknown) => typeof value === "string" && values.includes(value);
    return Promise.resolve(this.rows(table).filter((row) => isWanted(row[column])));
  }

  greatest(table: string, number: string, column: string, value: string): Promise<number | undefined> {
    const numbers = this.rows(table)
      .filter((row) => row[column] === value)
      .map((row) => Number(row[number]));
    return Promise.resolve(numbers.length === 0 ? undefined : Math.max(...numbers));
  }

  contents(): Promise<ViewContents> {
    const tables = [...this.#tables].map(([table, rows]) => {
      const ordered = [...rows].toSorted(([one], [other]) => (one < other ? -1 : 1));
      return [table, ordered.map(([, row]) => row)];
    });
    return Promise.resolve({ position: this.position, tables: Object.fromEntries(tables) });
  }

  apply(changes: Changes, position: Position): Promise<void> {
    this.lay(changes);
    this.position = position;
    return Promise.resolve();
  }

  async snapshot(): Promise<{ readonly position: Position; readonly bytes: Uint8Array }> {
    const contents = await this.contents();
    return { position: contents.position, bytes: Buffer.from(JSON.stringify(contents)) };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  row(table: string, key: string): Row | undefined {
    return this.#rows(table).get(key);
  }

  lay(changes: Changes): void {
    for (const { table, key, change } of changes.all()) {
      const rows = this.#rows(table);
      const after = changed(rows.get(key), change);
      if (after === undefined) rows.delete(key);
      else rows.set(key, after);
    }
    for (const { table } of changes.expirations) {
      const rows = this.#rows(table);
      for (const [key, row] of rows) if (changes.expires(table, row)) rows.delete(key);
    }
  }

  rows(table: string): Row[] {
    return [...this.#rows(table).values()];
  }

  #rows(table: string): Map<string, Row> {
    const rows = this.#tables.get(table);
    if (rows === undefined) throw new TypeError(`no table '${table}'`);
    return rows;
  }
}

export class MemoryEngine implements ViewEngine<MemoryView> {
  readonly takesTime = false;
  readonly format = "memory";
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  create(): Promise<MemoryView> {
    return Promise.resolve(new MemoryView(this.#tables));
  }

  restore(_owner: string, bytes: Uint8Array): Promise<MemoryView> {
    const contents = JSON.parse(Buffer.from(bytes).toString()) as ViewContents;
    const view = new MemoryView(this.#tables);
    const changes = new Changes(this.#tables);
    for (const [table, rows] of Object.entries(contents.tables))
      for (const row of rows) changes.put(table, row);
    view.lay(changes);
    view.position = contents.position;
    return Promise.resolve(view);
  }

  usedBytes(): Promise<number> {
    return Promise.resolve(0);
  }
}
