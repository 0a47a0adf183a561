import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "../../app/catalog/duckdb/database.ts";
import { DuckDbEngine } from "../../app/catalog/duckdb/duckdb-engine.ts";
import { organisationModel } from "../../app/catalog/organisation/organisation-model.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import type { Tables } from "../../app/catalog/protocol/tables.ts";
import type { Engines } from "./owners.ts";
import type { RealEngine } from "./simulated-views.ts";

export interface DuckDbEngines extends AsyncDisposable {
  readonly engines: Engines;
}

/** In a folder of their own, which goes with them. */
export async function openDuckDbEngines(): Promise<DuckDbEngines> {
  const folder = await mkdtemp(join(tmpdir(), "imgstream-simulation-"));
  const database = await Database.open(folder);
  return {
    engines: {
      person: engineOn(database, personModel.tables),
      organisation: engineOn(database, organisationModel.tables),
    },
    async [Symbol.asyncDispose]() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function engineOn(database: Database, tables: Tables): RealEngine {
  const views = new DuckDbEngine(database, tables);
  return {
    takesTime: true,
    format: views.format,
    create: () => views.create(),
    restore: (owner, bytes) => views.restore(owner, bytes),
    usedBytes: () => views.usedBytes(),
  };
}
