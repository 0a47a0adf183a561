import { mkdir, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { usableMemory } from "../../usable-memory.ts";
import { CatalogBusyError } from "../protocol/errors.ts";
import { Connection } from "./connection.ts";

/**
 * Statements that run at once. Each occupies a thread of libuv's pool, which also reads files: it must stay well
 * below the pool's size (UV_THREADPOOL_SIZE, 4 unless set).
 */
const connectionCount = 3;

/**
 * What DuckDB may take of what the process may use. Its own default is 80 % of the machine, whatever else the process
 * needs: the kernel would kill it before DuckDB refused anything.
 */
const share = { memory: 1 / 4, spilled: 1 / 8 } as const;

/**
 * The process's one DuckDB, with a pool of connections. A connection that saw an error is not used again: it may
 * sit in a failed transaction.
 */
export class Database {
  readonly folder: string;
  /** About what views keep in memory beside DuckDB, all together: rows to be written, and what they know of their rows. */
  keptBytes = 0;
  readonly #instance: DuckDBInstance;
  readonly #open = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #waiting: ((connection: Promise<Connection>) => void)[] = [];
  /** Opened and being opened. */
  #count = 0;
  #names = 0;

  private constructor(instance: DuckDBInstance, folder: string) {
    this.#instance = instance;
    this.folder = folder;
  }

  /**
   * Files of an earlier process in the folder are removed: a cache is never trusted.
   *
   * @param usableBytes what the process may use: DuckDB takes at most a quarter of it as memory, and an eighth of it for
   *   what it puts aside in files meanwhile, which on Cloud Run are memory as well. A statement that needs more
   *   fails with CatalogBusyError. @default what the container or the machine allows
   */
  static async open(cacheFolder: string, usableBytes = usableMemory()): Promise<Database> {
    const folder = resolve(cacheFolder, "views");
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const instance = await DuckDBInstance.create(":memory:", {
      threads: "1",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      allow_community_extensions: "false",
      memory_limit: `${Math.floor(usableBytes * share.memory)}B`,
      temp_directory: folder,
      max_temp_directory_size: `${Math.floor(usableBytes * share.spilled)}B`,
      // Else what was freed goes back to the system only while more is asked for.
      allocator_background_threads: "true",
      // Statements are kept while rows change. By default DuckDB plans by what the rows held: a condition that none
      // met then is planned to give nothing, for ever.
      disabled_optimizers: "statistics_propagation",
    });
    const database = new Database(instance, folder);
    await database.use(async (connection) => {
      await connection.run(`SET allowed_directories = ['${folder.replaceAll("'", "''")}']`);
      await connection.run("SET enable_external_access = false");
      await connection.run("SET lock_configuration = true");
    });
    return database;
  }

  /** For what is attached: used once, so that nothing of an earlier one can be met. */
  newName(): string {
    return `view_${++this.#names}`;
  }

  /**
   * Lets go of what is kept about what was attached under this name: nobody asks it any more. A connection that is lent
   * does so when it comes back.
   */
  forget(name: string): void {
    for (const connection of this.#open) connection.forget(name);
    for (const connection of this.#idle) connection.settle();
  }

  /** Lends a connection; waits while all are in use. */
  async use<R>(work: (connection: Connection) => Promise<R>): Promise<R> {
    const connection = await this.#take();
    try {
      const result = await work(connection);
      this.#release(connection);
      return result;
    } catch (error) {
      this.#close(connection);
      this.#waiting.shift()?.(this.#connect());
      throw isOutOfMemory(error) ? new CatalogBusyError("there is no memory left", { cause: error }) : error;
    }
  }

  /** Waits for the statements under way. */
  async close(): Promise<void> {
    while (this.#count > 0) {
      const connection = await this.#take();
      this.#close(connection);
    }
    this.#instance.closeSync();
  }

  async #take(): Promise<Connection> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#count < connectionCount) return await this.#connect();
    const { promise, resolve: lend } = Promise.withResolvers<Connection>();
    this.#waiting.push(lend);
    return await promise;
  }

  #release(connection: Connection): void {
    connection.settle();
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else next(Promise.resolve(connection));
  }

  async #connect(): Promise<Connection> {
    this.#count++;
    try {
      const connection = new Connection(await this.#instance.connect());
      this.#open.add(connection);
      return connection;
    } catch (error) {
      this.#count--;
      throw error;
    }
  }

  #close(connection: Connection): void {
    this.#open.delete(connection);
    this.#count--;
    connection.close();
  }
}

/** DuckDB's errors have no code; this is how it begins the ones about its bounds of memory and of files put aside. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Out of Memory Error");
}
