import * as Type from "typebox";
import { objectPrefixes } from "../runtime-contract.ts";
import { ObjectExistsError, type ObjectStore, PreconditionFailedError } from "../storage/object-store.ts";

/**
 * For so long after a sign-in led to an account a process may still let somebody into it: it believes what the store
 * said for a minute, and a request that has begun may take five. Longer than a writer is believed to know its log, too:
 * `writerFreshMilliseconds`.
 */
export const reachMilliseconds = 15 * 60_000;

const Unreached = Type.Object({ version: Type.Integer({ minimum: 1 }), since: Type.String() });

/** Beside the account's log, until nothing else is left of it. */
export function unreachedName(userId: string): string {
  return `${objectPrefixes.catalog}${userId}/unreached.json`;
}

/**
 * When maintenance first found that no sign-in leads to a closed account, in milliseconds since 1970.
 *
 * @returns undefined where it did not yet, or where what it wrote is none of it
 */
export async function unreachedSince(records: ObjectStore, userId: string): Promise<number | undefined> {
  const { Check } = await import("typebox/schema");
  const found = await records.read(unreachedName(userId));
  try {
    const said: unknown = found && JSON.parse(Buffer.from(found.bytes).toString("utf8"));
    const since = Check(Unreached, said) ? Date.parse(said.since) : Number.NaN;
    return Number.isNaN(since) ? undefined : since;
  } catch {
    return undefined;
  }
}

/** Whoever finds it first decides, unless what stands there is none. */
export async function noteUnreached(records: ObjectStore, userId: string, now: number): Promise<void> {
  const name = unreachedName(userId);
  const bytes = Buffer.from(JSON.stringify({ version: 1, since: new Date(now).toISOString() }));
  const present = await records.stat(name);
  try {
    await records.put(name, bytes, {
      contentType: "application/json",
      ...(present === undefined ? { ifAbsent: true } : { ifGeneration: present.generation }),
    });
  } catch (error) {
    if (!(error instanceof ObjectExistsError || error instanceof PreconditionFailedError)) throw error;
  }
}
