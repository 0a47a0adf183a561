import { rm } from "node:fs/promises";
import { join } from "node:path";
import { BIGINT, type DuckDBConnection, LIST, VARCHAR, listValue } from "@duckdb/node-api";
import { type Change, type Changes, changed } from "../protocol/changes.ts";
import { type Row, type RowOf, type Table, type Tables, keyOf } from "../protocol/tables.ts";
import type { Position, View, ViewContents, ViewEngine } from "../protocol/view.ts";
import {
  appendRow,
  boundType,
  boundValue,
  columnDefinitions,
  columnName,
  columnNames,
  rowFrom,
} from "./columns.ts";
import type { Database } from "./database.ts";

/** Up to so many changed rows are written one by one; more are written as sets. */
const rowByRow = 3;

type SimpleValue = string | number | bigint | boolean | null;

/** Views in DuckDB files of their own, attached to the process's one instance. */
export class DuckDbEngine<T extends Tables> implements ViewEngine<DuckDbView<T>> {
  readonly #database: Database;
  readonly #tables: T;

  constructor(database: Database, tables: T) {
    this.#database = database;
    this.#tables = tables;
  }

  async create(_owner: string): Promise<DuckDbView<T>> {
    // A number of its own for every opening, so that nothing of an earlier one can be met.
    const name = this.#database.newName();
    const file = join(this.#database.folder, `${name}.duckdb`);
    const view = new DuckDbView(this.#database, this.#tables, name, file);
    try {
      await this.#database.use(async (connection) => {
        // No write-ahead log: a view need not survive its process.
        const options = "BLOCK_SIZE 16384, RECOVERY_MODE 'NO_WAL_WRITES'";
        await connection.run(`ATTACH '${file.replaceAll("'", "''")}' AS ${name} (${options})`);
        for (const [table, description] of Object.entries(this.#tables)) {
          await connection.run(`CREATE TABLE ${name}.${table} (${columnDefinitions(description)})`);
        }
        await connection.run(`CREATE TABLE ${name}.meta (sequence BIGINT, "at" BIGINT)`);
        await connection.run(`INSERT INTO ${name}.meta VALUES (0, 0)`);
      });
    } catch (error) {
      await view.close();
      throw error;
    }
    return view;
  }
}

export class DuckDbView<T extends Tables> implements View {
  /** The attached database's name, for questions of other rooms' files in SQL. */
  readonly name: string;
  readonly database: Database;
  readonly #tables: T;
  readonly #file: string;
  #position: Position = { sequence: 0, at: 0 };
  #isClosed = false;

  constructor(database: Database, tables: T, name: string, file: string) {
    this.database = database;
    this.#tables = tables;
    this.name = name;
    this.#file = file;
  }

  get position(): Position {
    return this.#position;
  }

  async find(table: string, column: string, values: readonly string[]): Promise<readonly Row[]> {
    return await this.database.use((connection) => this.#find(connection, table, column, values));
  }

  /** Whole rows; `rest` is what follows the table's name. */
  async rows<K extends keyof T & string>(
    table: K,
    rest: string,
    values: readonly SimpleValue[] = [],
  ): Promise<readonly RowOf<T[K]>[]> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows are read by the schema that T is
    return (await this.database.use((connection) =>
      this.#selectOn(connection, table, rest, values),
    )) as readonly RowOf<T[K]>[];
  }

  async contents(): Promise<ViewContents> {
    return await this.database.use(async (connection) => {
      await connection.run("BEGIN");
      const meta = await connection.runAndReadAll(`SELECT sequence, "at" FROM ${this.name}.meta`);
      const [sequence, at] = meta.getRows()[0] ?? [];
      const tables: Record<string, readonly Row[]> = {};
      for (const [table, description] of Object.entries(this.#tables)) {
        const order = `ORDER BY ${columnName(description.key)}`;
        tables[table] = await this.#selectOn(connection, table, order, []);
      }
      await connection.run("COMMIT");
      return { position: { sequence: Number(sequence), at: Number(at) }, tables };
    });
  }

  async apply(changes: Changes, position: Position): Promise<void> {
    await this.database.use(async (connection) => {
      await connection.run("BEGIN");
      await this.#write(connection, changes);
      await connection.run(
        `UPDATE ${this.name}.meta SET sequence = $1, "at" = $2`,
        [BigInt(position.sequence), BigInt(position.at)],
        [BIGINT, BIGINT],
      );
      await connection.run("COMMIT");
    });
    this.#position = position;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.database.use((connection) => connection.run(`DETACH DATABASE IF EXISTS ${this.name}`));
    await rm(this.#file, { force: true });
    await rm(`${this.#file}.wal`, { force: true });
  }

  async #selectOn(
    connection: DuckDBConnection,
    table: string,
    rest: string,
    values: readonly SimpleValue[],
  ): Promise<readonly Row[]> {
    const description = this.#table(table);
    const sql = `SELECT ${columnNames(description)} FROM ${this.name}.${table} ${rest}`;
    const result = await connection.runAndReadAll(sql, [...values]);
    return result.getRows().map((row) => rowFrom(row, description));
  }

  async #write(connection: DuckDBConnection, changes: Changes): Promise<void> {
    const tables = Map.groupBy(changes.all(), ({ table }) => table);
    for (const [table, rows] of tables) {
      if (changes.rowCount <= rowByRow) {
        for (const { key, change } of rows) await this.#writeOne(connection, table, key, change);
      } else await this.#writeMany(connection, table, rows);
    }
    for (const { table, column, before } of changes.expirations) {
      await connection.run(`DELETE FROM ${this.name}.${table} WHERE ${columnName(column)} < $1::TIMESTAMP`, [
        before,
      ]);
    }
  }

  async #writeOne(connection: DuckDBConnection, table: string, key: string, change: Change): Promise<void> {
    const description = this.#table(table);
    const keyColumn = columnName(description.key);
    if (change.kind === "patch") {
      const columns = Object.entries(description.columns).filter(
        ([property]) => property in change.set || property in change.add,
      );
      if (columns.length === 0) return;
      const assignments = columns.map(([property], index) => {
        const isAdded = !(property in change.set);
        return `${columnName(property)} = ${isAdded ? `${columnName(property)} + ` : ""}$${index + 1}`;
      });
      await connection.run(
        `UPDATE ${this.name}.${table} SET ${assignments.join(", ")} WHERE ${keyColumn} = $${columns.length + 1}`,
        [
          ...columns.map(([property, column]) =>
            boundValue(change.set[property] ?? change.add[property], column),
          ),
          key,
        ],
        [...columns.map(([, column]) => boundType(column)), VARCHAR],
      );
      return;
    }
    await connection.run(`DELETE FROM ${this.name}.${table} WHERE ${keyColumn} = $1`, [key]);
    if (change.kind === "put") await this.#insert(connection, table, [change.row]);
  }

  /** Patched rows are read, changed here and put back: a few statements, however many rows there are. */
  async #writeMany(
    connection: DuckDBConnection,
    table: string,
    rows: readonly { readonly key: string; readonly change: Change }[],
  ): Promise<void> {
    const description = this.#table(table);
    const patched = rows.filter(({ change }) => change.kind === "patch").map(({ key }) => key);
    const before = new Map<string, Row>();
    for (const row of patched.length === 0
      ? []
      : await this.#find(connection, table, description.key, patched)) {
      before.set(keyOf(row, description), row);
    }
    await connection.run(
      `DELETE FROM ${this.name}.${table} WHERE ${columnName(description.key)} IN (SELECT unnest($1))`,
      [listValue(rows.map(({ key }) => key))],
      [LIST(VARCHAR)],
    );
    await this.#insert(
      connection,
      table,
      rows.map(({ key, change }) => changed(before.get(key), change)).filter((row) => row !== undefined),
    );
  }

  async #insert(connection: DuckDBConnection, table: string, rows: readonly Row[]): Promise<void> {
    const description = this.#table(table);
    const [only] = rows;
    if (rows.length === 1 && only !== undefined) {
      const columns = Object.entries(description.columns);
      await connection.run(
        `INSERT INTO ${this.name}.${table} VALUES (${columns.map((_, index) => `$${index + 1}`).join(", ")})`,
        columns.map(([property, column]) => boundValue(only[property], column)),
        columns.map(([, column]) => boundType(column)),
      );
    } else if (rows.length > 1) {
      const appender = await connection.createAppender(table, "main", this.name);
      for (const row of rows) appendRow(appender, row, description);
      appender.closeSync();
    }
  }

  async #find(
    connection: DuckDBConnection,
    table: string,
    column: string,
    values: readonly string[],
  ): Promise<readonly Row[]> {
    const description = this.#table(table);
    const [only] = values;
    const isOne = values.length === 1 && only !== undefined;
    const sql = `SELECT ${columnNames(description)} FROM ${this.name}.${table} WHERE ${columnName(column)}`;
    const result = isOne
      ? await connection.runAndReadAll(`${sql} = $1`, [only], [VARCHAR])
      : await connection.runAndReadAll(
          `${sql} IN (SELECT unnest($1))`,
          [listValue([...values])],
          [LIST(VARCHAR)],
        );
    return result.getRows().map((row) => rowFrom(row, description));
  }

  #table(table: string): Table {
    const description = this.#tables[table];
    if (description === undefined) throw new TypeError(`no table '${table}' in this catalog`);
    return description;
  }
}
