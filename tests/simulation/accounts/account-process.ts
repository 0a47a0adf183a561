import type { Catalog } from "../../../app/catalog/catalog.ts";
import { OpenPeople } from "../../../app/catalog/open-people.ts";
import { organisationModel } from "../../../app/catalog/organisation/organisation-model.ts";
import type { OrganisationCatalog } from "../../../app/catalog/organisation-catalog.ts";
import { AccountClosedError } from "../../../app/catalog/person/errors.ts";
import { personModel } from "../../../app/catalog/person/person-model.ts";
import { profileFrom } from "../../../app/catalog/person/settings.ts";
import type { UserRow } from "../../../app/catalog/person/tables.ts";
import type { View } from "../../../app/catalog/protocol/view.ts";
import { tokenOf } from "../../../app/catalog/token.ts";
import { type People, createPeople } from "../../../app/identity/people.ts";
import { deleteClosed } from "../../../app/maintenance/delete-closed.ts";
import { noEdgeCache } from "../../../app/media/edge-cache.ts";
import { type Accounts, createAccounts } from "../../../app/users/accounts.ts";
import { type SignIns, createSignIns } from "../../../app/users/sign-ins.ts";
import type { Bucket } from "../bucket.ts";
import type { Clock } from "../clock.ts";
import type { Faults } from "../instance.ts";
import { Life } from "../life.ts";
import { memoryEngines } from "../owners.ts";
import type { Random } from "../random.ts";
import { SimulatedStore } from "../simulated-store.ts";
import { SimulatedEngine } from "../simulated-views.ts";
import { noCounts } from "../simulation.ts";
import type { Timeline } from "../timeline.ts";

/** So short that logs of a few days have some. */
const segmentLength = 4;

/** In milliseconds, with a night at its end: before that nothing is on its way any more, and hardly anybody sleeps. */
export const dayLength = 90 * 60_000;

export interface AccountsWorld {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly bucket: Bucket;
  readonly clock: Clock;
  readonly faults: () => Faults;
}

/** One process with the catalogs, and what stands between a sign-in and them: the service's own code. */
export interface AccountProcess {
  readonly life: Life;
  readonly catalog: Pick<Catalog, "execute" | "profile" | "isClosed">;
  readonly people: People;
  readonly accounts: Accounts;
  readonly signIns: SignIns;
  /** What maintenance does once a day. */
  deleteClosed(): Promise<unknown>;
}

export function startProcess({ timeline, random, bucket, clock, faults }: AccountsWorld): AccountProcess {
  const life = new Life(timeline, random, clock);
  const store = new SimulatedStore(bucket, life, faults);
  const engines = memoryEngines();
  const parts = {
    store,
    surroundings: life.surroundings(),
    writer: "process",
    limits: { mostBytes: Number.POSITIVE_INFINITY, snapshotInterval: 4, snapshotOnClosing: 2, segmentLength },
  };
  const counts = noCounts();
  const persons = new OpenPeople({
    ...parts,
    engine: new SimulatedEngine(engines.person, life, faults, counts),
    model: personModel,
  });
  const shared = new OpenPeople({
    ...parts,
    engine: new SimulatedEngine(engines.organisation, life, faults, counts),
    model: organisationModel,
  });
  const userOf = (userId: string) => persons.of(userId).read((view) => userIn(view, userId));
  const catalog: AccountProcess["catalog"] = {
    async execute(userId, command, { idempotencyKey }) {
      const { sequence, answer } = await persons.of(userId).submit(command, idempotencyKey);
      return { token: tokenOf(userId, sequence), sequence, ...answer };
    },
    async profile(userId) {
      const user = await userOf(userId);
      if (user?.closedAt) throw new AccountClosedError(userId);
      return user && profileFrom(user);
    },
    isClosed: async (userId) => Boolean((await userOf(userId))?.closedAt),
  };
  const now = () => clock.at(timeline.now);
  const organisation: Pick<OrganisationCatalog, "execute"> = {
    execute: async (command, { idempotencyKey }) =>
      await shared.of("organisation").submit(command, idempotencyKey),
  };
  const people = createPeople({
    records: store,
    identityKey: "of the simulation, for all of its processes",
    now,
    newId: () => random.uuid(),
  });
  return {
    life,
    catalog,
    people,
    accounts: createAccounts({ catalog, organisation, people }),
    signIns: createSignIns({ catalog, organisation, onNotRecorded: () => {}, now: () => new Date(now()) }),
    deleteClosed: () =>
      deleteClosed({
        catalog: { isClosed: catalog.isClosed, organisation },
        records: store,
        media: store,
        uploads: store,
        edge: noEdgeCache,
        published: undefined,
        keptDays: 0,
        now,
        segmentLength,
      }),
  };
}

async function userIn(view: View, userId: string): Promise<UserRow | undefined> {
  const [user] = await view.find("users", "id", [userId]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- views hold rows by the schema of their model
  return user as UserRow | undefined;
}
