import type { ObjectStore } from "../../storage/object-store.ts";
import { organisationModel } from "../organisation/organisation-model.ts";
import { flagFrom, memberFrom } from "../organisation/tables.ts";
import type { DayStatistics, Flag, Member } from "../organisation-catalog.ts";
import type { Damage } from "./damage.ts";
import { type Moment, stepsUntil } from "./past-catalog.ts";
import { RebuiltState } from "./rebuilt-state.ts";
import { organisationOwner } from "./stored-logs.ts";

/** The organisation's catalog as it was, or why nobody can say. */
export type PastOrganisation =
  | {
      /** Number and time of the last entry that is in it; 0 and null before the first. */
      readonly sequence: number;
      readonly at: string | null;
      /** By id. Who left since has neither name nor address any more. */
      readonly members: readonly Member[];
      /** By name. */
      readonly flags: readonly Flag[];
      readonly settings: Readonly<Record<string, unknown>>;
      /** By day. */
      readonly statistics: readonly DayStatistics[];
    }
  | { readonly damage: readonly Damage[] };

/** @throws the store's error when it does not answer */
export async function organisationAt(store: ObjectStore, moment?: Moment): Promise<PastOrganisation> {
  const state = new RebuiltState(organisationOwner, organisationModel);
  for await (const step of stepsUntil(store, organisationOwner, organisationModel, moment)) state.take(step);
  if (!state.isWhole) return { damage: state.damage };
  const settings = state.rows("settings").toSorted((one, other) => byText(one.name, other.name));
  return {
    sequence: state.newest?.seq ?? 0,
    at: state.newest?.at ?? null,
    members: state
      .rows("members")
      .map(memberFrom)
      .toSorted((one, other) => byText(one.userId, other.userId)),
    flags: state
      .rows("flags")
      .map(flagFrom)
      .toSorted((one, other) => byText(one.name, other.name)),
    settings: Object.fromEntries(settings.map(({ name, value }) => [name, value["value"]])),
    statistics: state.rows("statistics").toSorted((one, other) => byText(one.day, other.day)),
  };
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}
