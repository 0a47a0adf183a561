import { randomUUID } from "../late-crypto.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { AnswerMemo } from "./answer-memo.ts";
import type { Catalog, Receipt } from "./catalog.ts";
import { Database } from "./duckdb/database.ts";
import { DuckDbEngine } from "./duckdb/duckdb-engine.ts";
import { isDeletedWithAccount } from "./history/deletion.ts";
import { touchedRows } from "./history/touched-rows.ts";
import { personModel } from "./person/person-model.ts";
import { AccountClosedError } from "./person/errors.ts";
import { isClosed } from "./person/questions.ts";
import { EntryNotFoundError } from "./person/undo-errors.ts";
import { openOrganisation } from "./organisation/open-organisation.ts";
import type { OrganisationCatalog } from "./organisation-catalog.ts";
import { createQuestions } from "./create-questions.ts";
import { type OpenLimits, OpenPeople } from "./open-people.ts";
import type { Notify } from "./protocol/notice.ts";
import { DamagedLogError } from "./protocol/log.ts";
import { realSurroundings, type Surroundings } from "./protocol/surroundings.ts";
import { currentSession } from "./session.ts";
import { tokenOf } from "./token.ts";
import { usableMemory } from "../usable-memory.ts";

export interface CatalogOptions {
  /** Holds the logs. The truth. */
  readonly records: ObjectStore;
  /** For views; its folder `views` is emptied at the start. May be lost at any time. */
  readonly cacheFolder: string;
  /** Names the release and this process in what it writes. @default a random name */
  readonly writer?: string;
  /** @default the system's clock and chance */
  readonly surroundings?: Surroundings;
  /** Bounds of what is open at once, and when copies are made. */
  readonly limits?: Partial<OpenLimits>;
  /** Memory for answers that may be asked for again. @default a sixty-fourth of what the process may use */
  readonly memoBytes?: number;
  /** Told what whoever runs the service may want to know. @default nobody is */
  readonly notify?: Notify;
}

/** Everyone's catalog and the organisation's, on one DuckDB. */
export interface Catalogs extends Catalog {
  readonly organisation: OrganisationCatalog;
}

/** The catalogs on DuckDB and the given store. Whoever makes them closes them. */
export async function createCatalog(options: CatalogOptions): Promise<Catalogs> {
  const { records, surroundings = realSurroundings } = options;
  const writer = options.writer ?? `process-${randomUUID().slice(0, 8)}`;
  const database = await Database.open(options.cacheFolder);
  const people = new OpenPeople({
    store: records,
    engine: new DuckDbEngine(database, personModel.tables),
    model: personModel,
    surroundings,
    writer,
    ...(options.limits && { limits: options.limits }),
    ...(options.notify && { notify: options.notify }),
  });
  const organisation = openOrganisation({
    records,
    database,
    surroundings,
    writer,
    ...(options.limits && { limits: options.limits }),
    ...(options.notify && { notify: options.notify }),
  });
  const memo = new AnswerMemo(options.memoBytes ?? usableMemory() / 64);
  const execute: Catalog["execute"] = async (userId, command, { idempotencyKey }): Promise<Receipt> => {
    const { sequence, answer } = await people
      .of(userId)
      .submit(command, idempotencyKey)
      .catch(async (error: unknown) => {
        throw (await isOfDeletion(records, userId, error)) ? new AccountClosedError(userId) : error;
      });
    currentSession()?.see(userId, sequence);
    return { token: tokenOf(userId, sequence), sequence, ...answer };
  };
  return {
    organisation,
    execute,

    async undo(userId, sequence, { idempotencyKey }) {
      const touched = await touchedRows(records, userId, sequence);
      if (touched === undefined) throw new EntryNotFoundError(sequence);
      return await execute(userId, { kind: "undo-entry", sequence, touched }, { idempotencyKey });
    },

    ...createQuestions({ records, people, surroundings, memo }),

    isClosed: (userId) => people.of(userId).read((view) => isClosed(view, userId)),

    keepUp: (userId, { entries = 1, isDryRun = false } = {}) => people.of(userId).keepUp(entries, isDryRun),

    async close() {
      await people.close();
      await organisation.close();
      await database.close();
    },
  };
}

/** Whether the entry that a change missed went with its account. */
async function isOfDeletion(records: ObjectStore, userId: string, error: unknown): Promise<boolean> {
  if (!(error instanceof DamagedLogError)) return false;
  try {
    return await isDeletedWithAccount(records, userId, error.sequence);
  } catch {
    // What is known is told.
    return false;
  }
}
