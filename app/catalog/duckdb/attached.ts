import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "./connection.ts";
import type { Database } from "./database.ts";

export interface Attached {
  readonly name: string;
  readonly file: string;
}

/** A name and a file that were never used before, so that nothing of an earlier view can be met. */
export function newAttached(database: Database): Attached {
  const name = database.newName();
  return { name, file: join(database.folder, `${name}.duckdb`) };
}

/** Opens the file, or makes it. */
export async function attach(connection: Connection, { name, file }: Attached): Promise<void> {
  // No write-ahead log: a view need not survive its process. Small blocks: most people have few photos. Small row
  // groups: a page of what is sorted by time looks into one or two of them, and leaves the rest alone. The storage of
  // DuckDB's first release is the default, which packs texts half as tightly, in memory as well.
  const options =
    "BLOCK_SIZE 16384, ROW_GROUP_SIZE 4096, RECOVERY_MODE 'NO_WAL_WRITES', STORAGE_VERSION 'v1.5.0'";
  await connection.run(`ATTACH '${file.replaceAll("'", "''")}' AS ${name} (${options})`);
}

/**
 * Whatever state it is in: afterwards neither database nor file is there, also where the disk is too full for what DuckDB
 * writes at the end, and it says so.
 */
export async function detach(database: Database, name: string, file: string): Promise<void> {
  database.forget(name);
  try {
    await database.use((connection) => connection.run(`DETACH DATABASE IF EXISTS ${name}`));
  } finally {
    // What was still planned until then.
    database.forget(name);
    await rm(file, { force: true });
    await rm(`${file}.wal`, { force: true });
  }
}
