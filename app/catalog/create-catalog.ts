import { randomUUID } from "node:crypto";
import type { ObjectStore } from "../storage/object-store.ts";
import type { Catalog, PhotoPage, PhotoQuery, Profile, Receipt } from "./catalog.ts";
import { Database } from "./duckdb/database.ts";
import { DuckDbEngine } from "./duckdb/duckdb-view.ts";
import { personModel } from "./person/person-model.ts";
import { everyPhoto, photoPage, photoWhere, profileOf, uploadOf } from "./person/questions.ts";
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

/** The catalog of all people on DuckDB and the given store. Whoever makes it closes it. */
export async function createCatalog(options: CatalogOptions): Promise<Catalog> {
  const database = await Database.open(options.cacheFolder);
  const people = new OpenPeople({
    store: options.records,
    engine: new DuckDbEngine(database, personModel.tables),
    model: personModel,
    surroundings: options.surroundings ?? realSurroundings,
    writer: options.writer ?? `process-${randomUUID().slice(0, 8)}`,
  });
  return {
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
      await database.close();
    },
  };
}

function after(reading: { readonly after?: string } | undefined, userId: string): number {
  return reading?.after === undefined ? 0 : sequenceOf(reading.after, userId);
}
