import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Tables } from "../protocol/tables.ts";
import type { Position, ViewEngine } from "../protocol/view.ts";
import { attach, newAttached } from "./attached.ts";
import { columnDefinitions, columnNames } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { engineFormat } from "./engine-format.ts";
import type { Database } from "./database.ts";
import { DuckDbView } from "./duckdb-view.ts";
import { positionFrom } from "./snapshot-file.ts";

const measuredEveryMilliseconds = 5000;

/** Makes views in DuckDB files. */
export class DuckDbEngine<T extends Tables> implements ViewEngine<DuckDbView<T>> {
  readonly format = engineFormat;
  readonly #database: Database;
  readonly #tables: T;
  #measured = { bytes: 0, at: Number.NEGATIVE_INFINITY };

  constructor(database: Database, tables: T) {
    this.#database = database;
    this.#tables = tables;
  }

  async create(): Promise<DuckDbView<T>> {
    return await this.#open(undefined, async (connection, name) => {
      for (const [table, description] of Object.entries(this.#tables)) {
        await connection.run(`CREATE TABLE ${name}.${table} (${columnDefinitions(description)})`);
      }
      await connection.run(`CREATE TABLE ${name}.meta (sequence BIGINT, "at" BIGINT)`);
      await connection.run(`INSERT INTO ${name}.meta VALUES (0, 0)`);
    });
  }

  async restore(_owner: string, bytes: Uint8Array): Promise<DuckDbView<T>> {
    return await this.#open(bytes, async (connection, name) => {
      // Fails where a column is missing or of another name.
      for (const [table, description] of Object.entries(this.#tables)) {
        await connection.run(`SELECT ${columnNames(description.columns)} FROM ${name}.${table} LIMIT 0`);
      }
    });
  }

  async usedBytes(isAnew = false): Promise<number> {
    const now = performance.now();
    if (isAnew || now - this.#measured.at >= measuredEveryMilliseconds) {
      const bytes = (await this.#memoryBytes()) + (await this.#fileBytes()) + this.#database.keptBytes;
      this.#measured = { bytes, at: now };
    }
    return this.#measured.bytes;
  }

  async #open(
    bytes: Uint8Array | undefined,
    prepare: (connection: Connection, name: string) => Promise<void>,
  ): Promise<DuckDbView<T>> {
    const attached = newAttached(this.#database);
    const { name, file } = attached;
    const make = (position: Position) => new DuckDbView(this.#database, this.#tables, name, file, position);
    try {
      if (bytes !== undefined) await writeFile(file, bytes, { flag: "wx" });
      const position = await this.#database.use(async (connection) => {
        await attach(connection, attached);
        await prepare(connection, name);
        const meta = await connection.query(`SELECT sequence, "at" FROM ${name}.meta`);
        return positionFrom(meta);
      });
      return make(position);
    } catch (error) {
      await make({ sequence: 0, at: 0 }).close();
      throw error;
    }
  }

  async #memoryBytes(): Promise<number> {
    return await this.#database.use(async (connection) => {
      const [row] = await connection.query("SELECT sum(memory_usage_bytes) FROM duckdb_memory()");
      return Number(row?.[0] ?? 0);
    });
  }

  async #fileBytes(): Promise<number> {
    let bytes = 0;
    for (const name of await readdir(this.#database.folder)) {
      const found = await stat(join(this.#database.folder, name)).catch(() => undefined);
      bytes += found?.size ?? 0;
    }
    return bytes;
  }
}
