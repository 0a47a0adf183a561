import type { Catalog } from "../catalog/catalog.ts";
import type { Photo } from "../catalog/photo.ts";
import { objectPrefixes } from "../runtime-contract.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { leftBy } from "./report.ts";
import type { Figures, Upkeep } from "./upkeep.ts";
import type { WalkPosition } from "./walk-position.ts";

const pageSize = 500;

export interface IdentityObject {
  readonly userId: string;
  readonly name: string;
  readonly generation: string;
}

/**
 * All who ever signed in, from the records that tie them to their sign-in. What is no such record is passed over.
 *
 * @param startAfter the name of the record after which to begin. @default the first
 */
export async function* everyIdentity(
  records: ObjectStore,
  startAfter?: string,
): AsyncIterable<IdentityObject> {
  const options = startAfter === undefined ? {} : { startAfter };
  for await (const { name } of records.list(objectPrefixes.identities, options)) {
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

/** Upkeep that is done for one person after the other. */
export interface PersonalUpkeep {
  /** So far. */
  readonly figures: Figures;
  /** What could not be done, for the message: `people's photos could not be purged`, of how many is added. */
  readonly failing: string;
  /** Is told how to report what failed for somebody else than this person. */
  work(userId: string, fail: (fault: unknown) => void): Promise<void>;
  /** Done after everyone's turn; in the same way. */
  last?(fail: (fault: unknown) => void): Promise<void>;
}

/** Work that says whose could not be done, and why. */
export function noting(
  kind: string,
  work: (userId: string) => Promise<void>,
  note: Upkeep["note"],
): PersonalUpkeep["work"] {
  return async (userId) => {
    try {
      await work(userId);
    } catch (error) {
      note?.({ kind, subject: userId, userId, ...leftBy(error) });
      throw error;
    }
  };
}

export interface EveryoneGround {
  readonly catalog: Pick<Catalog, "isClosed">;
  readonly records: ObjectStore;
}

export interface Walk {
  /** Where a walk before was stopped. @default the walk begins with the first person, and nothing is kept of it */
  readonly position?: WalkPosition | undefined;
  /** Told what each kind of upkeep took, in seconds, whenever it was done for one person. */
  readonly onTurn?: (upkeep: PersonalUpkeep, seconds: number) => void;
  /** Told whose catalog could not be asked, so that none of it was done. */
  readonly onUnread?: (userId: string, fault: unknown) => void;
}

/**
 * Goes over all people once and does every kind of upkeep for each. One person's fault keeps nobody else waiting, nor
 * one kind's another's. Whose account is closed is passed over: that catalog takes nothing more. A walk that was
 * stopped is gone on with where it was, once, and the next one is whole again.
 *
 * @returns for each kind an AggregateError when somebody's work failed
 */
export async function walkOverEveryone(
  { catalog, records }: EveryoneGround,
  upkeeps: readonly PersonalUpkeep[],
  { position, onTurn, onUnread }: Walk = {},
): Promise<readonly (AggregateError | undefined)[]> {
  const faults = upkeeps.map((): unknown[] => []);
  const failers = faults.map((these) => (fault: unknown) => void these.push(fault));
  const failAll = (fault: unknown): void => {
    for (const fail of failers) fail(fault);
  };
  for await (const { userId, name } of everyIdentity(records, await position?.read())) {
    let isClosed = true;
    try {
      isClosed = await catalog.isClosed(userId);
    } catch (error) {
      onUnread?.(userId, error);
      failAll(error);
    }
    for (const [index, upkeep] of isClosed ? [] : upkeeps.entries()) {
      const fail = failers[index] ?? failAll;
      const begin = performance.now();
      await upkeep.work(userId, fail).catch(fail);
      onTurn?.(upkeep, (performance.now() - begin) / 1000);
    }
    await position?.note(name);
  }
  for (const [index, upkeep] of upkeeps.entries()) {
    const fail = failers[index] ?? failAll;
    await upkeep.last?.(fail).catch(fail);
  }
  await position?.forget();
  return upkeeps.map(({ failing }, index) => {
    const these = faults[index] ?? [];
    return these.length === 0 ? undefined : new AggregateError(these, `${these.length} ${failing}`);
  });
}

/**
 * The same with one kind of upkeep.
 *
 * @throws AggregateError after everyone's turn, when somebody's work failed
 */
export async function forEveryPerson(ground: EveryoneGround, upkeep: PersonalUpkeep): Promise<Figures> {
  const [fault] = await walkOverEveryone(ground, [upkeep]);
  if (fault !== undefined) throw fault;
  return upkeep.figures;
}
