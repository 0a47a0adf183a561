import type { ObjectStore } from "../../storage/object-store.ts";
import type { OrganisationEffect } from "../organisation/effects.ts";
import { organisationModel } from "../organisation/organisation-model.ts";
import { redactOrganisationEffect } from "../organisation/redact-organisation-effect.ts";
import { ClosedMemberEffectsFinder } from "./closed-member-effects.ts";
import { type Forgotten, type LogRedactionOptions, redactLog } from "./redact-log.ts";
import { isGone, organisationOwner } from "./stored-logs.ts";

export interface MembersRedaction {
  /** Entries that were rewritten. */
  readonly entries: number;
  /** Snapshots that were older than a member's leaving. */
  readonly snapshots: number;
}

/**
 * Takes name and e-mail address of members who left out of the organisation's entries, segments and snapshots, once
 * nothing is left of their own catalog: see redactLog. Whose is not deleted yet is waited for.
 *
 * @param deleted who counts as deleted without looking, for a dry run of both. @default nobody
 * @throws DamagedLogError, NewerEntryError, or the store's error
 */
export async function redactClosedMembers(
  store: ObjectStore,
  options: LogRedactionOptions,
  deleted: ReadonlySet<string> = new Set(),
): Promise<MembersRedaction> {
  const closing = {
    model: organisationModel,
    forgotten: (effect: OrganisationEffect) => (effect.kind === "member-closed" ? effect.userId : undefined),
    isDue: (userId: string) => deleted.has(userId) || isGone(store, userId),
    finder: (due: Forgotten) => new ClosedMemberEffectsFinder(due),
    redact: redactOrganisationEffect,
  };
  const { entries, snapshots } = await redactLog(store, organisationOwner, closing, options);
  return { entries, snapshots };
}
