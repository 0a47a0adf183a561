import type { Catalog } from "../catalog/catalog.ts";
import type { Photo } from "../catalog/photo.ts";
import { objectPrefixes } from "../runtime-contract.ts";
import type { ObjectStore } from "../storage/object-store.ts";

const pageSize = 500;

/** Ids of all who ever signed in, from the records that tie them to their sign-in. */
export async function* everyPerson(records: ObjectStore): AsyncIterable<string> {
  for await (const { userId } of everyIdentity(records)) yield userId;
}

export interface IdentityObject {
  readonly userId: string;
  readonly name: string;
  readonly generation: string;
}

/** The records themselves. What is no such record is passed over. */
export async function* everyIdentity(records: ObjectStore): AsyncIterable<IdentityObject> {
  for await (const { name } of records.list(objectPrefixes.identities)) {
    const found = await records.read(name);
    const userId = found === undefined ? undefined : readUserId(found.bytes);
    if (found !== undefined && userId !== undefined) {
      yield { userId, name, generation: found.object.generation };
    }
  }
}

/** Whose sign-in meets a damaged record is told so; upkeep goes on with the others. */
function readUserId(bytes: Uint8Array): string | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    const userId: unknown =
      typeof value === "object" && value !== null ? Reflect.get(value, "userId") : undefined;
    return typeof userId === "string" ? userId : undefined;
  } catch {
    return undefined;
  }
}

/** A person's photos in whatever state, in the order of their ids. */
export async function* everyPhoto(catalog: Catalog, userId: string): AsyncIterable<Photo> {
  let after = "";
  for (;;) {
    const photos = await catalog.everyPhoto(userId, { limit: pageSize, after });
    yield* photos;
    const last = photos.at(-1);
    if (last === undefined || photos.length < pageSize) return;
    after = last.id;
  }
}

/**
 * Does the work for one person after the other. One person's fault keeps nobody else waiting. Whose account is
 * closed is passed over: that catalog takes nothing more.
 *
 * @param failing what could not be done, for the message: `people's photos could not be purged`, of how many is added
 * @param work is told how to report what failed for somebody else than this person
 * @param last done after everyone's turn; in the same way
 * @throws AggregateError after everyone's turn, when somebody's work failed
 */
export async function forEveryPerson(
  { catalog, records }: { readonly catalog: Catalog; readonly records: ObjectStore },
  failing: string,
  work: (userId: string, fail: (fault: unknown) => void) => Promise<void>,
  last?: (fail: (fault: unknown) => void) => Promise<void>,
): Promise<void> {
  const faults: unknown[] = [];
  const fail = (fault: unknown): void => void faults.push(fault);
  for await (const userId of everyPerson(records)) {
    try {
      if (!(await catalog.isClosed(userId))) await work(userId, fail);
    } catch (error) {
      fail(error);
    }
  }
  await last?.(fail);
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} ${failing}`);
}
