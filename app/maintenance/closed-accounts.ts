import type { Catalog } from "../catalog/catalog.ts";
import { listLog, listOwners, organisationOwner } from "../catalog/history/stored-logs.ts";
import { personModel } from "../catalog/person/person-model.ts";
import { Log } from "../catalog/protocol/log.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { everyIdentity } from "./everyone.ts";

export interface ClosedAccount {
  readonly userId: string;
  /** ISO 8601 in UTC; null where all that tells it is deleted already, and something was left over. */
  readonly closedAt: string | null;
  /** The record that still leads somebody's sign-in to it: closing was stopped half-way. */
  readonly identity: { readonly name: string; readonly generation: string } | undefined;
}

/**
 * Accounts that were closed and are not deleted yet: by their logs' last entry, for nothing comes after it, and by
 * folders without a log that no sign-in leads to.
 *
 * @throws DamagedLogError, NewerEntryError, or the store's error
 */
export async function* closedAccounts(
  records: ObjectStore,
  catalog: Pick<Catalog, "isClosed">,
): AsyncIterable<ClosedAccount> {
  // Before the logs are listed: who begins meanwhile has no closed log.
  const identities = new Map<string, NonNullable<ClosedAccount["identity"]>>();
  for await (const { userId, name, generation } of everyIdentity(records)) {
    identities.set(userId, { name, generation });
  }
  for await (const userId of listOwners(records)) {
    if (userId === organisationOwner) continue;
    const identity = identities.get(userId);
    if (identity !== undefined && !(await catalog.isClosed(userId))) continue;
    const head = (await listLog(records, userId)).numbers.at(-1);
    if (head === undefined) {
      if (identity === undefined) yield { userId, closedAt: null, identity };
      continue;
    }
    const entry = await new Log(records, userId, personModel).read(head);
    const effects = entry?.commands.flatMap((command) => command.effects) ?? [];
    if (entry !== undefined && effects.some(({ kind }) => kind === "account-closed")) {
      yield { userId, closedAt: entry.at, identity };
    }
  }
}
