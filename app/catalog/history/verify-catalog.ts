import type { ObjectStore } from "../../storage/object-store.ts";
import { organisationModel } from "../organisation/organisation-model.ts";
import { personModel } from "../person/person-model.ts";
import type { PersonTables } from "../person/tables.ts";
import type { Model } from "../protocol/model.ts";
import type { Tables } from "../protocol/tables.ts";
import type { Damage } from "./damage.ts";
import { isDeletionBegun } from "./deletion.ts";
import { RebuiltState } from "./rebuilt-state.ts";
import { organisationOwner } from "./stored-logs.ts";
import { walkLog } from "./walk-log.ts";

export interface Verification {
  readonly owner: string;
  /** How many could be read. */
  readonly entries: number;
  /** Time of the last readable entry, ISO 8601 in UTC. */
  readonly newestAt: string | null;
  /** Whether what counts against the quota was compared with the photos: only where every entry is readable. */
  readonly isStorageChecked: boolean;
  /** The account was closed and its deletion has begun: that the first entries are missing is no damage. */
  readonly isBeingDeleted: boolean;
  /** In the order of the entries. */
  readonly damage: readonly Damage[];
}

/**
 * Reads every entry of the owner's log: numbers without gaps, times that never go back, content that this release
 * reads and can apply, and for a person that `storageUsed` is the sum over the photos. Finds everything, not only
 * the first.
 *
 * @throws the store's error when it does not answer
 */
export async function verifyCatalog(store: ObjectStore, owner: string): Promise<Verification> {
  if (owner === organisationOwner) return verification(await rebuild(store, owner, organisationModel));
  let state = await rebuild(store, owner, personModel);
  // A deletion that runs meanwhile takes entries between the list and their being read.
  if (state.damage.some(({ kind }) => kind === "missing")) state = await rebuild(store, owner, personModel);
  if (state.isWhole) return verification(state, compareStorage(state));
  const isMeant = lacksBeginning(state) && (await isDeletionBegun(store, owner, state.newest));
  return isMeant ? { ...verification(state), isBeingDeleted: true, damage: [] } : verification(state);
}

/** Whether nothing is wrong but that the first entries are missing: told at once, or one by one as they went. */
function lacksBeginning({ damage }: { readonly damage: readonly Damage[] }): boolean {
  let next = 1;
  for (const { kind, sequence, lastSequence } of damage) {
    if (kind !== "missing" || sequence !== next) return false;
    next = (lastSequence ?? sequence) + 1;
  }
  return true;
}

async function rebuild<T extends Tables, C, E, A>(
  store: ObjectStore,
  owner: string,
  model: Model<T, C, E, A>,
): Promise<RebuiltState<T, C, E, A>> {
  const state = new RebuiltState(owner, model);
  for await (const step of walkLog(store, owner, model)) state.take(step);
  return state;
}

function verification<T extends Tables, C, E, A>(
  state: RebuiltState<T, C, E, A>,
  more: readonly Damage[] = [],
): Verification {
  const { owner, entries, newest, isWhole, damage } = state;
  return {
    owner,
    entries,
    newestAt: newest?.at ?? null,
    isStorageChecked: isWhole && owner !== organisationOwner,
    isBeingDeleted: false,
    damage: [...damage, ...more],
  };
}

function compareStorage<C, E, A>(state: RebuiltState<PersonTables, C, E, A>): readonly Damage[] {
  const { owner } = state;
  const taken = state.rows("photos").reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const counted = state.rows("users").find(({ id }) => id === owner)?.storageUsed;
  if (counted === taken) return [];
  return [
    {
      owner,
      kind: "storage-used",
      sequence: null,
      problem: `${counted} bytes count against the quota, and the photos take ${taken}`,
      remedy: "no photo is concerned; report this with the output of 'imgstream catalog history'",
    },
  ];
}
