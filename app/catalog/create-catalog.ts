import { randomUUID } from "node:crypto";
import type { ObjectStore } from "../storage/object-store.ts";
import type { Catalog, PhotoPage, PhotoQuery, Profile, Receipt } from "./catalog.ts";
import { Database } from "./duckdb/database.ts";
import { DuckDbEngine } from "./duckdb/duckdb-view.ts";
import { personModel } from "./person/person-model.ts";
import { everyPhoto, photoPage, photoWhere, profileOf, uploadOf } from "./person/questions.ts";
import { openOrganisation } from "./organisation/open-organisation.ts";
import type { OrganisationCatalog } from "./organisation-catalog.ts";
import { OpenPeople } from "./open-people.ts";
import { realSurroundings, type Surroundings } from "./protocol/surroundings.ts";
import { sequenceOf, tokenOf } from "./token.ts";

export interface CatalogOptions {
  /** Holds the logs. The truth. */
  readonly records: ObjectStore;
  /** For views; its folder `views` is emptied at the start. May be lost at any time. */
  readonly cacheFolder: string;
  /** Names this process in what it writes. @default a random name */
  readonly writer?: string;
  /** @default the system's clock and chance */
  readonly surroundings?: Surroundings;
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
  });
  const organisation = openOrganisation({ records, database, surroundings, writer });
  return {
    organisation,

    async execute(userId, command, { idempotencyKey }): Promise<Receipt> {
      const { sequence, answer } = await people.of(userId).submit(command, idempotencyKey);
      return { token: tokenOf(userId, sequence), sequence, ...answer };
    },

    async photo(userId, photoId, reading) {
      return await people.of(userId).read((view) => photoWhere(view, "id", photoId), after(reading, userId));
    },

    async photoOfContent(userId, sha256, reading) {
      return await people
        .of(userId)
        .read((view) => photoWhere(view, "sha256", sha256), after(reading, userId));
    },

    async photos(userId, query: PhotoQuery): Promise<PhotoPage> {
      const question = photoPage(query);
      return await people.of(userId).read(question, after(query, userId));
    },

    async everyPhoto(userId, query) {
      return await people.of(userId).read(everyPhoto(query), 0);
    },

    async upload(userId, uploadId, reading) {
      return await people.of(userId).read((view) => uploadOf(view, uploadId), after(reading, userId));
    },

    async profile(userId, reading): Promise<Profile | undefined> {
      return await people.of(userId).read((view) => profileOf(view, userId), after(reading, userId));
    },

    async close() {
      await people.close();
      await organisation.close();
      await database.close();
    },
  };
}

function after(reading: { readonly after?: string } | undefined, userId: string): number {
  return reading?.after === undefined ? 0 : sequenceOf(reading.after, userId);
}
