import type { Catalogs } from "../catalog/create-catalog.ts";
import { redactClosedMembers } from "../catalog/history/redact-closed-members.ts";
import { organisationOwner } from "../catalog/history/stored-logs.ts";
import { DamagedLogError } from "../catalog/protocol/log.ts";
import { publishEnd, publishPerson } from "../events/publish-person.ts";
import type { Topic } from "../events/topic.ts";
import type { EdgeCache } from "../media/edge-cache.ts";
import { freshKey } from "../own-key.ts";
import { personFolders } from "../photos/photo-object-name.ts";
import { objectPrefixes } from "../runtime-contract.ts";
import { type ObjectStore, PreconditionFailedError } from "../storage/object-store.ts";
import { closedGraceMilliseconds, lastCopiesDate } from "../users/closed-grace.ts";
import { type ClosedAccount, closedAccounts } from "./closed-accounts.ts";
import { leftBy } from "./report.ts";
import { reachMilliseconds, unreachedName, unreachedSince } from "./unreached-accounts.ts";
import type { Figures, Upkeep } from "./upkeep.ts";

export interface DeleteClosedDependencies extends Upkeep {
  readonly catalog: Pick<Catalogs, "isClosed"> & {
    readonly organisation: Pick<Catalogs["organisation"], "execute">;
  };
  readonly records: ObjectStore;
  readonly media: ObjectStore;
  readonly uploads: ObjectStore;
  readonly edge: EdgeCache;
  /** Undefined: there is no Pub/Sub here. */
  readonly published: Topic | undefined;
  /** For so many days what was deleted can be brought back in the stores. */
  readonly keptDays: number;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
  /** For the simulation only: the format has 256. */
  readonly segmentLength?: number;
}

interface Sum {
  objects: number;
  bytes: number;
}

/**
 * Deletes what closed accounts leave behind: photos and the edge's copies of them, uploads, records, the log last and
 * its final entry very last, so that whoever was stopped is continued. A sign-in that still leads to the account is
 * taken away first. What is not published yet is published before; where an entry of it is damaged or missing, the
 * closing alone: nobody can put that entry back once older versions are gone, and the rest would stay for ever.
 * Nothing is deleted before a run found, some time ago, that no sign-in leads to it: until then a process may take
 * what is half deleted for somebody's new log. Of whom nothing is left, name and address are then taken out of what
 * the directory was.
 *
 * @throws AggregateError after everyone's turn, when somebody's log could not be read, objects could not be deleted or
 *   the directory's history could not be redacted
 */
export async function deleteClosed(dependencies: DeleteClosedDependencies): Promise<Figures> {
  const { catalog, records, isDryRun = false, progress, note, now = Date.now } = dependencies;
  const figures = {
    closed_accounts: 0,
    waiting_accounts: 0,
    withheld_accounts: 0,
    deleted_accounts: 0,
    deleted_objects: 0,
    deleted_bytes: 0,
    redacted_entries: 0,
    dropped_snapshots: 0,
  };
  const deleted = new Set<string>();
  const faults: unknown[] = [];
  const fail = (userId: string, fault: unknown): void => {
    faults.push(fault);
    note?.({ kind: "closed-account", subject: userId, userId, ...leftBy(fault) });
  };
  for await (const account of closedAccounts(records, catalog, fail)) {
    const { userId, closedAt, beginsWith, identity } = account;
    const finding = { kind: "closed-account", subject: userId, userId } as const;
    figures.closed_accounts += 1;
    const due = closedAt === null ? 0 : Date.parse(closedAt) + closedGraceMilliseconds;
    const leave = (figure: "waiting_accounts" | "withheld_accounts", detail: string): void => {
      figures[figure] += 1;
      note?.({ ...finding, outcome: "left", detail });
    };
    const wait = (detail: string): void => leave("waiting_accounts", detail);
    try {
      if (beginsWith !== undefined) {
        const detail = `its log begins with entry ${beginsWith}, has no final entry and no sign-in leads to it: written after the account was deleted, or what is left of one; bring back what is missing, or delete it by hand`;
        leave("withheld_accounts", detail);
        continue;
      }
      if (closedAt === null && (await hasPhotos(dependencies, userId))) {
        const detail = "has photos, and neither a log nor a sign-in: bring those back, or delete it by hand";
        leave("withheld_accounts", detail);
        continue;
      }
      const unreached =
        identity === undefined ? await unreachedSince(records, userId, { now: now(), isDryRun }) : undefined;
      if (due > now()) {
        wait(`closed ${closedAt ?? ""}; its objects are deleted after ${new Date(due).toISOString()}`);
        continue;
      }
      if (identity !== undefined) {
        if (!isDryRun) await forgetIdentity(records, userId, identity);
        wait("a sign-in led to it until now; it is deleted by a later run");
        continue;
      }
      if (unreached === undefined || now() - unreached < reachMilliseconds) {
        wait("a sign-in may have led to it a moment ago; it is deleted by a later run");
        continue;
      }
      const sum = await deleteAccount(dependencies, account);
      deleted.add(userId);
      figures.deleted_accounts += 1;
      figures.deleted_objects += sum.objects;
      figures.deleted_bytes += sum.bytes;
      const until = lastCopiesDate(now(), dependencies.keptDays);
      const detail = `${sum.objects} objects of ${sum.bytes} bytes; the last copies may be there until ${until}`;
      note?.({ ...finding, outcome: "mended", detail });
    } catch (error) {
      fail(userId, error);
    }
    progress?.(figures);
  }
  const problems =
    faults.length === 0 ? [] : [`${faults.length} accounts could not be read, or deleted after closing`];
  try {
    const { entries, snapshots } = await redactDirectory(dependencies, deleted);
    figures.redacted_entries = entries;
    figures.dropped_snapshots = snapshots;
  } catch (error) {
    faults.push(error);
    problems.push("name and address of closed accounts could not be taken out of the directory's history");
    note?.({ kind: "closed-member", subject: organisationOwner, ...leftBy(error) });
  }
  if (faults.length > 0) throw new AggregateError(faults, problems.join("; "));
  return figures;
}

/** @param deleted accounts that this run deleted, or would */
async function redactDirectory(
  { records, isDryRun = false, note, now = Date.now, segmentLength }: DeleteClosedDependencies,
  deleted: ReadonlySet<string>,
) {
  const length = segmentLength === undefined ? {} : { segmentLength };
  const options = { now: now(), isDryRun, isUrgent: deleted.size > 0, ...length };
  const redaction = await redactClosedMembers(records, options, deleted);
  const { entries, snapshots } = redaction;
  if (entries > 0) {
    const detail = `entries without name and address now: ${entries}; older snapshots dropped: ${snapshots}`;
    note?.({ kind: "closed-member", subject: organisationOwner, outcome: "mended", detail });
  }
  return redaction;
}

/** A deletion takes photos before the log. Photos without one mean that the log was lost rather than deleted. */
async function hasPhotos({ media }: DeleteClosedDependencies, userId: string): Promise<boolean> {
  const first = media.list(`${objectPrefixes.originals}${userId}/`, { limit: 1 })[Symbol.asyncIterator]();
  return (await first.next()).done !== true;
}

/** Whoever signs in with it begins anew. Replaced meanwhile is as good. */
async function forgetIdentity(
  records: ObjectStore,
  userId: string,
  { name, generation }: NonNullable<ClosedAccount["identity"]>,
): Promise<void> {
  await records.delete(unreachedName(userId));
  try {
    await records.delete(name, { ifGeneration: generation });
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
  }
}

async function deleteAccount(dependencies: DeleteClosedDependencies, account: ClosedAccount): Promise<Sum> {
  const { catalog, records, media, uploads, edge, published, isDryRun = false } = dependencies;
  const { userId, closedAt } = account;
  if (!isDryRun) {
    if (published !== undefined && closedAt !== null) await publishRest(dependencies, published, userId);
    const command = { kind: "close-member", userId } as const;
    await catalog.organisation.execute(command, { idempotencyKey: freshKey("delete") });
  }
  const sum: Sum = { objects: 0, bytes: 0 };
  const { sessions, processing } = objectPrefixes;
  const folders = personFolders(userId);
  // The originals last: with them the rest could be made again.
  for (const folder of folders.toReversed()) await deleteAll(media, folder, sum, isDryRun);
  if (!isDryRun) await edge.forget(folders);
  for (const prefix of [processing, sessions, objectPrefixes.uploads]) {
    await deleteAll(uploads, `${prefix}${userId}/`, sum, isDryRun);
  }
  const folder = `${objectPrefixes.catalog}${userId}/`;
  const isLast = (name: string) => name.startsWith(`${folder}log/`) || name === unreachedName(userId);
  await deleteAll(records, folder, sum, isDryRun, (name) => !isLast(name));
  await deleteAll(records, `${folder}log/`, sum, isDryRun);
  await deleteAll(records, unreachedName(userId), sum, isDryRun);
  return sum;
}

/** @throws what is no damage of the log: it is published by a later run */
async function publishRest(
  { records, note, now = Date.now }: DeleteClosedDependencies,
  published: Topic,
  userId: string,
): Promise<void> {
  try {
    await publishPerson({ records, published, now }, userId);
  } catch (error) {
    if (!(error instanceof DamagedLogError)) throw error;
    await publishEnd({ records, published }, userId);
    const detail = `what was published of it ends before entry ${error.sequence}, which is damaged or missing; its closing is published, and it is deleted all the same`;
    note?.({ kind: "unpublished-log", subject: userId, userId, ...leftBy(error), detail });
  }
}

/** In the order of the names. */
async function deleteAll(
  store: ObjectStore,
  prefix: string,
  sum: Sum,
  isDryRun: boolean,
  isMeant: (name: string) => boolean = () => true,
): Promise<void> {
  for await (const { name, sizeBytes } of store.list(prefix)) {
    if (!isMeant(name)) continue;
    if (!isDryRun) await store.delete(name);
    sum.objects += 1;
    sum.bytes += sizeBytes;
  }
}
