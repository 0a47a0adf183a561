import { personModel } from "../../../app/catalog/person/person-model.ts";
import { decodeEntry } from "../../../app/catalog/protocol/entry.ts";
import type { Bucket } from "../bucket.ts";
import type { AccountsHistory } from "./accounts-history.ts";

/**
 * What is wrong with accounts once everything has come to rest and maintenance has been: of closed ones nothing is
 * left, of the others everything, and sign-ins lead to them.
 *
 * @param userIdOf whom a sign-in leads to now
 */
export async function findAccountFaults(
  bucket: Bucket,
  history: AccountsHistory,
  userIdOf: (subject: string) => Promise<string>,
): Promise<string[]> {
  const logs = readLogs(bucket);
  const acknowledged = new Set([...history.photos, ...history.touched].map(({ key }) => key));
  const faults = bucket.risen
    .filter(({ name, bytes }) => keysOf(name, bytes).some((key) => acknowledged.has(key)))
    .map(({ name }) => `${name} was deleted with its account, and written again`);
  for (const [userId, subjects] of history.subjectOf)
    if (subjects.size > 1) faults.push(`${userId} was given to ${[...subjects].join(" and ")}`);
  for (const { userId, sequence, key } of history.photos) {
    if (logs.get(userId)?.keys.get(key) !== sequence)
      faults.push(`${key} of ${userId} was acknowledged as entry ${sequence}, and is not in it`);
  }
  for (const [userId, { isClosed }] of logs) {
    if (isClosed && !history.closing.has(userId)) faults.push(`nobody asked for the closing of ${userId}`);
    faults.push(...(isClosed ? findLeft(bucket, userId) : findMissing(bucket, userId, logs)));
  }
  for (const subject of history.subjects) faults.push(...(await findLost(subject, history, logs, userIdOf)));
  return faults;
}

/** Idempotency keys in a person's entry. */
function keysOf(name: string, bytes: Uint8Array): string[] {
  const sequence = Number.parseInt(name.split("/").at(-1) ?? "", 10);
  return decodeEntry(bytes, sequence, personModel).commands.map(({ idempotencyKey }) => idempotencyKey);
}

interface WrittenLog {
  /** Numbers of entries, by the idempotency keys in them. */
  readonly keys: Map<string, number>;
  entries: number;
  isClosed: boolean;
}

/** As they were written, deleted or not. */
function readLogs(bucket: Bucket): Map<string, WrittenLog> {
  const logs = new Map<string, WrittenLog>();
  for (const { name, bytes } of bucket.everWritten("catalog/")) {
    const [, userId = "", kind, file = ""] = name.split("/");
    if (kind !== "log" || userId === "organisation") continue;
    const log = logs.get(userId) ?? { keys: new Map(), entries: 0, isClosed: false };
    logs.set(userId, log);
    const entry = decodeEntry(bytes, Number.parseInt(file, 10), personModel);
    log.entries++;
    for (const { idempotencyKey, effects } of entry.commands) {
      log.keys.set(idempotencyKey, entry.seq);
      if (effects.some(({ kind: effect }) => effect === "account-closed")) log.isClosed = true;
    }
  }
  return logs;
}

/** Not its records, and not its name in the organisation's. */
function findLeft(bucket: Bucket, userId: string): string[] {
  // One that was told to nobody and could not be taken away again: maintenance names it, and until somebody deletes it the
  // account counts as not deleted.
  const risen = new Set(bucket.risen.map(({ name }) => name));
  const left = bucket.list(`catalog/${userId}/`).map(({ name }) => name);
  const isWithheld = left.some((name) => risen.has(name));
  const own = left.filter((name) => !risen.has(name)).map((name) => `${name} is left of a closed account`);
  const told = bucket
    .list("catalog/organisation/")
    .filter(() => !isWithheld)
    .filter(({ name }) => !name.includes("/snapshots/") || bucket.isSound(name))
    .filter(({ name }) => Buffer.from(bucket.get(name)?.bytes ?? []).includes(`called ${userId}`))
    .map(({ name }) => `${name} tells the name of the closed account ${userId}`);
  const led = bucket
    .list("identities/")
    .filter(({ name }) => Buffer.from(bucket.get(name)?.bytes ?? []).includes(userId))
    .map(({ name }) => `${name} leads to the closed account ${userId}`);
  return [...own, ...told, ...led];
}

function findMissing(bucket: Bucket, userId: string, logs: ReadonlyMap<string, WrittenLog>): string[] {
  const there = bucket.list(`catalog/${userId}/log/`).length;
  const written = logs.get(userId)?.entries ?? 0;
  return there === written ? [] : [`${userId} is not closed, and of ${written} entries ${there} are left`];
}

/** Photos that were acknowledged are found by who signs in, unless their account was closed. */
async function findLost(
  subject: string,
  { photos }: AccountsHistory,
  logs: ReadonlyMap<string, WrittenLog>,
  userIdOf: (subject: string) => Promise<string>,
): Promise<string[]> {
  const userId = await userIdOf(subject);
  const open = photos.filter(
    (photo) => photo.subject === subject && logs.get(photo.userId)?.isClosed === false,
  );
  return open
    .filter((photo) => photo.userId !== userId)
    .map((photo) => `${subject} signs in as ${userId}, and has ${photo.key} as ${photo.userId}`);
}
