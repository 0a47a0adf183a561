import { existsSync, writeFileSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import { attach, detach, newAttached } from "../../app/catalog/duckdb/attached.ts";
import { Connection } from "../../app/catalog/duckdb/connection.ts";
import { Database } from "../../app/catalog/duckdb/database.ts";
import { scratchFolder } from "./fixtures.ts";

test("a view whose last checkpoint fails, as on a full disk, leaves no file: the room it takes is what is missing", async () => {
  const database = await Database.open(scratchFolder());
  onTestFinished(() => database.close());
  const attached = newAttached(database);
  await database.use(async (connection) => {
    await attach(connection, attached);
    await connection.run(`CREATE TABLE ${attached.name}.things AS SELECT range FROM range(1000)`);
  });
  // What DuckDB leaves beside the file then.
  writeFileSync(`${attached.file}.wal`, "");
  const run = vi.spyOn(Connection.prototype, "run").mockImplementationOnce(async function (
    this: Connection,
    statement: string,
  ) {
    await this.run(statement);
    throw new Error("IO Error: Detached database, but CHECKPOINT during DETACH failed");
  });
  onTestFinished(() => run.mockRestore());
  expect(existsSync(attached.file)).toBe(true);
  await expect(detach(database, attached.name, attached.file)).rejects.toThrow("CHECKPOINT");
  expect(existsSync(attached.file)).toBe(false);
  expect(existsSync(`${attached.file}.wal`)).toBe(false);
});
