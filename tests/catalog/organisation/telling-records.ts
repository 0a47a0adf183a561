import { Database } from "../../../app/catalog/duckdb/database.ts";
import { DuckDbEngine } from "../../../app/catalog/duckdb/duckdb-engine.ts";
import { organisationModel } from "../../../app/catalog/organisation/organisation-model.ts";
import type { ObjectStore } from "../../../app/storage/object-store.ts";
import { scratchFolder } from "../fixtures.ts";

/**
 * Objects of the organisation's catalog in which one of the words stands: in their bytes, or in a row of what is a
 * snapshot, whose columns DuckDB may keep compressed.
 */
export async function tellingRecords(records: ObjectStore, words: readonly string[]): Promise<string[]> {
  const database = await Database.open(scratchFolder());
  const engine = new DuckDbEngine(database, organisationModel.tables);
  const rowsOf = async (bytes: Uint8Array): Promise<string> => {
    const view = await engine.restore("organisation", bytes);
    const { tables } = await view.contents();
    await view.close();
    return JSON.stringify(tables);
  };
  const found: string[] = [];
  for await (const { name } of records.list("catalog/organisation/")) {
    const bytes = (await records.read(name))?.bytes ?? Buffer.of();
    const rows = name.includes("/snapshots/") ? await rowsOf(bytes) : "";
    const text = (Buffer.from(bytes).toString("latin1") + rows).toLowerCase();
    if (words.some((word) => text.includes(word.toLowerCase()))) found.push(name);
  }
  await database.close();
  return found;
}
