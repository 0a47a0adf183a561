import type {
  DuckDBAppender,
  DuckDBConnection,
  DuckDBMaterializedResult,
  DuckDBPreparedStatement,
  DuckDBType,
  DuckDBValue,
} from "@duckdb/node-api";

/** Of one connection: each takes up to a tenth of a megabyte. */
const mostKept = 32;

export type ResultRows = readonly (readonly DuckDBValue[])[];

/**
 * A connection that keeps what DuckDB has planned for small statements: planning one costs as much processor time as
 * running it, and sending it takes three ways to DuckDB's threads instead of one. A plan outlives changes of the rows,
 * so DuckDB must not plan by what they hold: see Database.
 */
export class Connection {
  readonly #connection: DuckDBConnection;
  /** By their text, the one that was not asked for longest first. */
  readonly #kept = new Map<string, DuckDBPreparedStatement>();
  /** Databases that nobody asks any more, whose statements may be running. */
  readonly #forgotten = new Set<string>();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Statements that are kept. */
  get keptCount(): number {
    return this.#kept.size;
  }

  /** What is done once: nothing of it is kept. */
  async run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }

  /** @param types of the values, where they do not show it */
  async query(
    sql: string,
    values: readonly DuckDBValue[] = [],
    types?: readonly DuckDBType[],
  ): Promise<ResultRows> {
    if (values.length === 0) return rowsOf(await this.#connection.run(sql));
    const statement = await this.#connection.prepare(sql);
    try {
      return await ask(statement, values, types);
    } finally {
      statement.destroySync();
    }
  }

  /**
   * As `query`, for what is about to be said again with other values. Not for what sorts, groups or joins: a kept
   * statement also keeps the memory that it needed for that.
   */
  async queryAgain(
    sql: string,
    values: readonly DuckDBValue[] = [],
    types?: readonly DuckDBType[],
  ): Promise<ResultRows> {
    return await ask(await this.#keptOf(sql), values, types);
  }

  async createAppender(database: string, table: string): Promise<DuckDBAppender> {
    return await this.#connection.createAppender(table, "main", database);
  }

  /**
   * Lets go of statements about this database with the next `settle`: one of them may be running or being planned, and
   * DuckDB's threads do not notice that a statement is taken from under them.
   */
  forget(database: string): void {
    this.#forgotten.add(database);
  }

  /** Only while no statement runs. */
  settle(): void {
    for (const database of this.#forgotten) this.#destroyAbout(database);
    this.#forgotten.clear();
  }

  close(): void {
    for (const statement of this.#kept.values()) statement.destroySync();
    this.#kept.clear();
    this.#connection.closeSync();
  }

  #destroyAbout(database: string): void {
    for (const [sql, statement] of this.#kept) {
      if (!sql.includes(`${database}.`)) continue;
      this.#kept.delete(sql);
      statement.destroySync();
    }
  }

  async #keptOf(sql: string): Promise<DuckDBPreparedStatement> {
    const statement = this.#kept.get(sql) ?? (await this.#connection.prepare(sql));
    this.#kept.delete(sql);
    this.#kept.set(sql, statement);
    for (const [oldest, old] of this.#kept) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
      old.destroySync();
    }
    return statement;
  }
}

async function ask(
  statement: DuckDBPreparedStatement,
  values: readonly DuckDBValue[],
  types: readonly DuckDBType[] | undefined,
): Promise<ResultRows> {
  if (values.length > 0) statement.bind([...values], types && [...types]);
  return rowsOf(await statement.run());
}

/** Chunk by chunk as they are there: asking for the next one is another way to DuckDB's threads. */
function rowsOf(result: DuckDBMaterializedResult): ResultRows {
  const rows: DuckDBValue[][] = [];
  for (let index = 0; index < result.chunkCount; index++) result.getChunk(index).appendToRows(rows);
  return rows;
}
