import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { organisationOwner } from "../catalog/history/stored-logs.ts";
import { organisationModel } from "../catalog/organisation/organisation-model.ts";
import { personModel } from "../catalog/person/person-model.ts";
import type { Notify } from "../catalog/protocol/notice.ts";
import { realSurroundings } from "../catalog/protocol/surroundings.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { type CopiedCatalog, copiedCatalog } from "./copied-catalog.ts";

/** People's catalogs and the organisation's on a DuckDB of their own, in a folder that is removed afterwards. */
export async function withCopies(
  store: ObjectStore,
  notify: Notify,
  work: (catalogOf: (owner: string) => CopiedCatalog) => Promise<void>,
): Promise<void> {
  // Loaded here: the commands that only read need no DuckDB.
  const [{ Database }, { DuckDbEngine }, { OpenPeople }] = await Promise.all([
    import("../catalog/duckdb/database.ts"),
    import("../catalog/duckdb/duckdb-engine.ts"),
    import("../catalog/open-people.ts"),
  ]);
  const cacheFolder = await mkdtemp(join(tmpdir(), "imgstream-cli-"));
  try {
    const database = await Database.open(cacheFolder);
    const common = { store, surroundings: realSurroundings, writer: "command-line", notify };
    const people = new OpenPeople({
      ...common,
      engine: new DuckDbEngine(database, personModel.tables),
      model: personModel,
    });
    const organisation = new OpenPeople({
      ...common,
      engine: new DuckDbEngine(database, organisationModel.tables),
      model: organisationModel,
    });
    try {
      await work((owner) =>
        owner === organisationOwner
          ? copiedCatalog(store, owner, organisationModel, organisation)
          : copiedCatalog(store, owner, personModel, people),
      );
    } finally {
      await people.close();
      await organisation.close();
      await database.close();
    }
  } finally {
    await rm(cacheFolder, { recursive: true, force: true });
  }
}
