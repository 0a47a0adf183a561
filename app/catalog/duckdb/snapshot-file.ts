import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Tables } from "../protocol/tables.ts";
import type { Position } from "../protocol/view.ts";
import { attach, detach, newAttached } from "./attached.ts";
import { columnName } from "./columns.ts";
import type { Database } from "./database.ts";

/**
 * A DuckDB file with everything that the view holds at one moment. Never a copy of the view's own file: a
 * checkpoint of that fails while somebody reads it, and forcing one may hang.
 */
export async function takeSnapshot(
  database: Database,
  view: string,
  tables: Tables,
): Promise<{ readonly position: Position; readonly bytes: Uint8Array }> {
  const copy = newAttached(database);
  try {
    const position = await database.use(async (connection) => {
      await attach(connection, copy);
      await connection.run("BEGIN");
      for (const [name, { newestFirst }] of Object.entries(tables)) {
        const order = newestFirst === undefined ? "" : ` ORDER BY ${columnName(newestFirst)} DESC`;
        await connection.run(`CREATE TABLE ${copy.name}.${name} AS SELECT * FROM ${view}.${name}${order}`);
      }
      await connection.run(`CREATE TABLE ${copy.name}.meta AS SELECT * FROM ${view}.meta`);
      await connection.run("COMMIT");
      const meta = await connection.query(`SELECT sequence, "at" FROM ${copy.name}.meta`);
      // Detaching writes everything into the file.
      await connection.run(`DETACH ${copy.name}`);
      return positionFrom(meta);
    });
    if (existsSync(`${copy.file}.wal`))
      throw new Error("the snapshot is not whole: there is a log beside it");
    return { position, bytes: await readFile(copy.file) };
  } finally {
    await detach(database, copy.name, copy.file);
  }
}

/** @throws when the one row of `meta` is not there */
export function positionFrom(rows: readonly (readonly unknown[])[]): Position {
  const [row] = rows;
  const [sequence, at] = [Number(row?.[0]), Number(row?.[1])];
  if (rows.length !== 1 || !Number.isSafeInteger(sequence) || !Number.isSafeInteger(at)) {
    throw new Error(`the view does not say where it stands: ${rows.length} rows, ${String(row?.[0])}`);
  }
  return { sequence, at };
}
