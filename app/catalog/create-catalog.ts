import { randomUUID } from "node:crypto";
import type { ObjectStore } from "../storage/object-store.ts";
import type { Catalog, Receipt } from "./catalog.ts";
import type { Reading } from "./reading.ts";
import { Database } from "./duckdb/database.ts";
import { DuckDbEngine } from "./duckdb/duckdb-engine.ts";
import type { DuckDbView } from "./duckdb/duckdb-view.ts";
import { activityPage } from "./person/activity-question.ts";
import { albumOf, albumPage, albumPhotoPage } from "./person/album-questions.ts";
import { AccountClosedError } from "./person/errors.ts";
import { facetsOf } from "./person/facets-question.ts";
import { personModel } from "./person/person-model.ts";
import { everyPhoto, isClosed, photoPage, photoWhere, profileOf, uploadOf } from "./person/questions.ts";
import { shareOf, sharePage } from "./person/share-questions.ts";
import type { PersonTables } from "./person/tables.ts";
import { photoColumns, timelineOf } from "./person/timeline-question.ts";
import { usageOf } from "./person/usage-question.ts";
import { openOrganisation } from "./organisation/open-organisation.ts";
import type { OrganisationCatalog } from "./organisation-catalog.ts";
import { type OpenLimits, OpenPeople } from "./open-people.ts";
import { Log } from "./protocol/log.ts";
import type { Notify } from "./protocol/notice.ts";
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
  /** Bounds of what is open at once, and when copies are made. */
  readonly limits?: Partial<OpenLimits>;
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
  const organisation = openOrganisation({ records, database, surroundings, writer });
  /** @throws AccountClosedError */
  const ask = async <R>(
    userId: string,
    reading: Reading | undefined,
    question: (view: DuckDbView<PersonTables>) => Promise<R>,
  ): Promise<R> => {
    // Thrown out here: a view that fails at a question is thrown away, and this one does not fail.
    const answer = await people
      .of(userId)
      .read(
        async (view) => ((await isClosed(view, userId)) ? undefined : { value: await question(view) }),
        after(reading, userId),
      );
    if (answer === undefined) throw new AccountClosedError(userId);
    return answer.value;
  };
  return {
    organisation,

    async execute(userId, command, { idempotencyKey }): Promise<Receipt> {
      const { sequence, answer } = await people.of(userId).submit(command, idempotencyKey);
      return { token: tokenOf(userId, sequence), sequence, ...answer };
    },

    photo: (userId, photoId, reading) => ask(userId, reading, (view) => photoWhere(view, "id", photoId)),

    photoOfContent: (userId, sha256, reading) =>
      ask(userId, reading, (view) => photoWhere(view, "sha256", sha256)),

    async photos(userId, query) {
      return await ask(userId, query, photoPage(query));
    },

    async facets(userId, query) {
      return await ask(userId, query, facetsOf(query));
    },

    async timeline(userId, query) {
      return await ask(userId, query, timelineOf(query));
    },

    async photoColumns(userId, query) {
      return await ask(userId, query, photoColumns(query));
    },

    async everyPhoto(userId, query) {
      return await people.of(userId).read(everyPhoto(query), 0);
    },

    async activity(userId, query) {
      const page = activityPage(query);
      const log = new Log(records, userId, personModel);
      const head = await ask(userId, query, async ({ position }) => position.sequence);
      return await page(head, (sequence) => log.read(sequence));
    },

    albums: (userId, query) => ask(userId, query, albumPage(query)),

    album: (userId, albumId, reading) => ask(userId, reading, (view) => albumOf(view, albumId)),

    albumPhotos: (userId, albumId, query) => ask(userId, query, albumPhotoPage(albumId, query)),

    shares: (userId, query) => ask(userId, query, sharePage(query)),

    share: (userId, shareId, reading) => ask(userId, reading, (view) => shareOf(view, shareId)),

    upload: (userId, uploadId, reading) => ask(userId, reading, (view) => uploadOf(view, uploadId)),

    profile: (userId, reading) => ask(userId, reading, (view) => profileOf(view, userId)),

    usage(userId, reading) {
      const at = new Date(surroundings.now()).toISOString();
      return ask(userId, reading, (view) => usageOf(view, userId, at));
    },

    isClosed: (userId) => people.of(userId).read((view) => isClosed(view, userId)),

    async keepUp(userId) {
      await people.of(userId).keepUp(1);
    },

    async close() {
      await people.close();
      await organisation.close();
      await database.close();
    },
  };
}

function after(reading: Reading | undefined, userId: string): number {
  return reading?.after === undefined ? 0 : sequenceOf(reading.after, userId);
}
