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
  /**
   * The first entry that there is, where the log has neither a beginning nor its final entry and no sign-in leads to it:
   * an account that is deleted leaves its end last, so somebody wrote into it afterwards, or entries were lost.
   */
  readonly beginsWith?: number;
  /** The record that still leads somebody's sign-in to it: closing was stopped half-way. */
  readonly identity: { readonly name: string; readonly generation: string } | undefined;
}

/**
 * Accounts that were closed and are not deleted yet: by their logs' last entry, for nothing comes after it, and by
 * folders that no sign-in leads to, without a log or with one that lacks its beginning and its end.
 *
 * What cannot be read of one owner is told to `fail`, and the others follow.
 *
 * @throws the store's error when it lists neither sign-ins nor owners
 */
export async function* closedAccounts(
  records: ObjectStore,
  catalog: Pick<Catalog, "isClosed">,
  fail: (userId: string, fault: unknown) => void,
): AsyncIterable<ClosedAccount> {
  // Before the logs are listed: who begins meanwhile has no closed log.
  const identities = new Map<string, NonNullable<ClosedAccount["identity"]>>();
  for await (const { userId, name, generation } of everyIdentity(records)) {
    identities.set(userId, { name, generation });
  }
  for await (const userId of listOwners(records)) {
    if (userId === organisationOwner) continue;
    let account: ClosedAccount | undefined;
    try {
      account = await closedAccount(records, catalog, userId, identities.get(userId));
    } catch (error) {
      fail(userId, error);
    }
    if (account !== undefined) yield account;
  }
}

/** Undefined: it is not closed. */
async function closedAccount(
  records: ObjectStore,
  catalog: Pick<Catalog, "isClosed">,
  userId: string,
  identity: ClosedAccount["identity"],
): Promise<ClosedAccount | undefined> {
  if (identity !== undefined && !(await catalog.isClosed(userId))) return undefined;
  const { numbers } = await listLog(records, userId);
  const head = numbers.at(-1);
  if (head === undefined) return identity === undefined ? { userId, closedAt: null, identity } : undefined;
  const entry = await new Log(records, userId, personModel).read(head);
  const effects = entry?.commands.flatMap((command) => command.effects) ?? [];
  const isClosed = effects.some(({ kind }) => kind === "account-closed");
  if (entry !== undefined && isClosed) return { userId, closedAt: entry.at, identity };
  const [beginsWith = 1] = numbers;
  const isRest = entry !== undefined && beginsWith > 1 && identity === undefined;
  return isRest ? { userId, closedAt: null, beginsWith, identity } : undefined;
}
