import { BIGINT } from "@duckdb/node-api";
import type { Changes } from "../protocol/changes.ts";
import { type Row, type RowOf, type Table, type Tables, greatestAmong, keyOf } from "../protocol/tables.ts";
import type { Position, View, ViewContents } from "../protocol/view.ts";
import { detach } from "./attached.ts";
import { columnName, columnNames, rowsFrom } from "./columns.ts";
import type { Connection, ResultRows } from "./connection.ts";
import type { Database } from "./database.ts";
import { findRows, greatestOf } from "./find-rows.ts";
import { type KnownRow, KnownRows, mostValues } from "./known-rows.ts";
import { takeSnapshot } from "./snapshot-file.ts";
import { type RowNow, Unwritten } from "./unwritten.ts";
import { writeChanges } from "./write-changes.ts";

export type SimpleValue = string | number | bigint | boolean | null;

/**
 * A view in a DuckDB file of its own, attached to the process's one instance. A few changed rows are written when the next
 * question is asked that only DuckDB answers.
 */
export class DuckDbView<T extends Tables> implements View {
  /** The attached database's name, for questions of other rooms' files in SQL. */
  readonly name: string;
  readonly database: Database;
  readonly #tables: T;
  readonly #file: string;
  readonly #known: KnownRows;
  #position: Position;
  /** Counts when changes begin to be applied and when they are: odd in between. */
  #writes = 0;
  #unwritten: Unwritten;
  /** What is being written, or failed to be: then the file is no good. */
  #flushed: Unwritten | undefined;
  /** Why it failed to be. */
  #fault: unknown;
  #flushing: Promise<void> | undefined;
  /** Counts changes that were taken, and those of them that are written. */
  #taken = 0;
  #written = 0;
  #isClosed = false;
  /** What the database counts of this view. */
  #keptBytes = 0;

  constructor(database: Database, tables: T, name: string, file: string, position: Position) {
    this.database = database;
    this.#tables = tables;
    this.name = name;
    this.#file = file;
    this.#position = position;
    this.#known = new KnownRows(tables);
    this.#unwritten = new Unwritten(tables);
  }

  get position(): Position {
    return this.#position;
  }

  async find(table: string, column: string, values: readonly string[]): Promise<readonly Row[]> {
    const known = new Map(values.map((value) => [value, this.#knownWith(table, column, value)]));
    const unknown = values.filter((value) => known.get(value) === undefined);
    const rows = [...known.values()].filter((row) => row !== undefined && row !== null);
    if (unknown.length === 0) return rows;
    if (this.#known.isWorthReading(table, column)) {
      await this.#readValues(table, column);
      return await this.find(table, column, values);
    }
    const writes = this.#writes;
    const unwritten = this.#unwrittenOf(table);
    const read = await this.#findWritten(table, column, unknown);
    if (writes !== this.#writes && unwritten.size > 0) {
      // Part of what was not written then may have been meanwhile, and more have come: everything is asked of one moment.
      await this.#flush();
      return [...rows, ...(await this.#findWritten(table, column, unknown))];
    }
    const kept = read.filter((row) => !unwritten.has(keyOf(row, this.#table(table))));
    const wanted = new Set<unknown>(unknown);
    const added = [...unwritten.values()].filter((row) => row !== null);
    const found = [...kept, ...added.filter((row) => wanted.has(row[column]))];
    // Who reads while something is written may or may not have seen it.
    if (writes % 2 === 0 && writes === this.#writes) this.#note(table, column, unknown, found);
    return [...rows, ...found];
  }

  async greatest(table: string, number: string, column: string, value: string): Promise<number | undefined> {
    const writes = this.#writes;
    const unwritten = this.#unwrittenOf(table);
    const asked = { table: this.#table(table), name: `${this.name}.${table}`, number, column, value };
    const ask = async (besides: readonly string[]) =>
      await this.database.use((connection) => greatestOf(connection, asked, besides));
    const outdated = [...unwritten.keys()].filter((key) => this.#mayBeInFile(table, key));
    const read = await ask(outdated);
    if (writes !== this.#writes && unwritten.size > 0) {
      await this.#flush();
      return await ask([]);
    }
    return greatestAmong(unwritten.values(), asked, read);
  }

  /** The row with this key. One that was read or written lately is known, and costs nothing. */
  async row<K extends keyof T & string>(table: K, key: string): Promise<RowOf<T[K]> | undefined> {
    const [row] = await this.find(table, this.#table(table).key, [key]);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows are read by the schema that T is
    return row as RowOf<T[K]> | undefined;
  }

  /** The rows with this text in a column: asked by a statement that is kept planned. */
  async rowsWith<K extends keyof T & string>(
    table: K,
    column: keyof T[K]["columns"] & string,
    value: string,
  ): Promise<readonly RowOf<T[K]>[]> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows are read by the schema that T is
    return (await this.find(table, column, [value])) as readonly RowOf<T[K]>[];
  }

  /** Whole rows; `rest` is what follows the table's name. */
  async rows<K extends keyof T & string>(
    table: K,
    rest: string,
    values: readonly SimpleValue[] = [],
  ): Promise<readonly RowOf<T[K]>[]> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows are read by the schema that T is
    return (await this.select(table, this.#table(table).columns, rest, values)) as unknown as readonly RowOf<
      T[K]
    >[];
  }

  /** As `rows`, of each only these of the table's columns: what is not read costs nothing. */
  async select<C extends Table["columns"]>(
    table: keyof T & string,
    columns: C,
    rest: string,
    values: readonly SimpleValue[] = [],
  ): Promise<readonly RowOf<{ readonly key: string; readonly columns: C }>[]> {
    await this.#flush();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows are read by these very columns
    return (await this.database.use((connection) =>
      this.#selectOn(connection, table, columns, rest, values),
    )) as readonly RowOf<{ readonly key: string; readonly columns: C }>[];
  }

  /** What one statement gives, row by row; its tables are named `${view.name}.photos`. */
  async query(sql: string, values: readonly SimpleValue[] = []): Promise<ResultRows> {
    await this.#flush();
    return await this.database.use((connection) => connection.query(sql, values));
  }

  async contents(): Promise<ViewContents> {
    await this.#flush();
    return await this.database.use(async (connection) => {
      await connection.run("BEGIN");
      const [[sequence, at] = []] = await connection.query(`SELECT sequence, "at" FROM ${this.name}.meta`);
      const tables: Record<string, readonly Row[]> = {};
      for (const [table, description] of Object.entries(this.#tables)) {
        const order = `ORDER BY ${columnName(description.key)}`;
        tables[table] = await this.#selectOn(connection, table, description.columns, order, []);
      }
      await connection.run("COMMIT");
      return { position: { sequence: Number(sequence), at: Number(at) }, tables };
    });
  }

  async apply(changes: Changes, position: Position): Promise<void> {
    if (!this.#unwritten.canTake(changes, this.#now)) await this.#flush();
    if (this.#unwritten.canTake(changes, this.#now)) {
      this.#writes += 2;
      this.#taken++;
      this.#unwritten.take(changes, position, this.#now);
    } else {
      this.#writes++;
      await this.#write(changes, position, this.#now);
      this.#writes++;
    }
    this.#position = position;
    this.#known.follow(changes);
    this.#count();
  }

  async snapshot(): Promise<{ readonly position: Position; readonly bytes: Uint8Array }> {
    await this.#flush();
    return await takeSnapshot(this.database, this.name, this.#tables);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#flushing?.catch(() => {});
    this.#count();
    await detach(this.database, this.name, this.#file);
  }

  /** Writes all that was taken until now. */
  async #flush(): Promise<void> {
    const wanted = this.#taken;
    while (this.#written < wanted) {
      this.#flushing ??= this.#writeTaken().finally(() => {
        this.#flushing = undefined;
      });
      await this.#flushing;
    }
  }

  async #writeTaken(): Promise<void> {
    if (this.#flushed !== undefined)
      throw new Error(`changes were not written into '${this.name}' before`, { cause: this.#fault });
    const [flushed, written] = [this.#unwritten, this.#taken];
    this.#flushed = flushed;
    this.#unwritten = new Unwritten(this.#tables);
    try {
      await this.#write(flushed.changes, flushed.position, (table, key) => flushed.get(table, key));
    } catch (error) {
      this.#fault = error;
      throw error;
    }
    this.#flushed = undefined;
    this.#written = written;
    this.#count();
  }

  /** Tells what this view keeps in memory now. */
  #count(): void {
    const kept = this.#unwritten.bytes + (this.#flushed?.bytes ?? 0) + this.#known.bytes;
    const bytes = this.#isClosed ? 0 : kept;
    this.database.keptBytes += bytes - this.#keptBytes;
    this.#keptBytes = bytes;
  }

  async #write(changes: Changes, position: Position, before: RowNow): Promise<void> {
    await this.database.use(async (connection) => {
      await connection.queryAgain("BEGIN");
      await writeChanges(connection, this.name, this.#tables, changes, before);
      await connection.queryAgain(
        `UPDATE ${this.name}.meta SET sequence = $1, "at" = $2`,
        [BigInt(position.sequence), BigInt(position.at)],
        [BIGINT, BIGINT],
      );
      await connection.queryAgain("COMMIT");
    });
  }

  async #findWritten(table: string, column: string, values: readonly string[]): Promise<readonly Row[]> {
    return await this.database.use((connection) =>
      findRows(connection, `${this.name}.${table}`, this.#table(table), column, values),
    );
  }

  /** From now on most questions for what is not there need no statement, unless something is written meanwhile. */
  async #readValues(table: string, column: string): Promise<void> {
    const writes = this.#writes;
    const unwritten = this.#unwrittenOf(table);
    const from = `FROM ${this.name}.${table}`;
    const read = await this.database.use(async (connection) => {
      const [[count] = []] = await connection.query(`SELECT count(*) ${from}`);
      // What is too much is not read in part: it would be for nothing.
      if (Number(count) > mostValues) return undefined;
      return await connection.query(`SELECT ${columnName(column)} ${from}`);
    });
    if (writes % 2 !== 0 || writes !== this.#writes) return;
    const added = [...unwritten.values()].map((row) => row?.[column]);
    const values = read && [...read.map(([value]) => value), ...added];
    this.#known.noteValues(
      table,
      column,
      values?.filter((value) => typeof value === "string"),
    );
    this.#count();
  }

  /** Rows that the file may lack, and null for those that it may still have. */
  #unwrittenOf(table: string): ReadonlyMap<string, Row | null> {
    const flushed = this.#flushed?.rowsOf(table) ?? [];
    return new Map([...flushed, ...this.#unwritten.rowsOf(table)]);
  }

  #mayBeInFile(table: string, key: string): boolean {
    return [this.#unwritten, this.#flushed].some(
      (part) => part?.rowsOf(table).has(key) === true && part.get(table, key) !== null,
    );
  }

  readonly #now = (table: string, key: string): KnownRow => {
    for (const part of [this.#unwritten, this.#flushed]) {
      const row = part?.rowsOf(table).get(key);
      if (row !== undefined) return row;
    }
    return this.#known.get(table, key);
  };

  async #selectOn(
    connection: Connection,
    table: string,
    columns: Table["columns"],
    rest: string,
    values: readonly SimpleValue[],
  ): Promise<readonly Row[]> {
    const sql = `SELECT ${columnNames(columns)} FROM ${this.name}.${table} ${rest}`;
    return rowsFrom(await connection.query(sql, values), columns);
  }

  #knownWith(table: string, column: string, value: string): KnownRow {
    if (column === this.#table(table).key) return this.#now(table, value);
    return this.#known.isAbsent(table, column, value) ? null : undefined;
  }

  #note(table: string, column: string, values: readonly string[], rows: readonly Row[]): void {
    const { key } = this.#table(table);
    const found = new Map(rows.map((row) => [row[column], row]));
    for (const value of values) {
      const row = found.get(value);
      if (column === key) this.#known.note(table, value, row ?? null);
      else if (row === undefined) this.#known.noteAbsent(table, column, value);
    }
    this.#count();
  }

  #table(table: string): Table {
    const description = this.#tables[table];
    if (description === undefined) throw new TypeError(`no table '${table}' in this catalog`);
    return description;
  }
}
