import type { Decision, State } from "../protocol/model.ts";
import type { Effect } from "./effects.ts";
import { QuotaExceededError } from "./errors.ts";
import type { PersonTables, UserRow } from "./tables.ts";

export type PersonState = State<PersonTables>;
export type PersonDecision = Decision<Effect>;

export async function person(state: PersonState, owner: string): Promise<UserRow> {
  const user = await state.get("users", owner);
  if (user === undefined) throw new Error(`the catalog of ${owner} has lost its person's row`);
  return user;
}

/**
 * Checks that so many bytes more fit beside what is used and what is reserved by uploads under way, counted from
 * the records themselves.
 *
 * @param besides the upload whose own reservation does not count
 * @throws QuotaExceededError
 */
export async function checkRoom(
  state: PersonState,
  user: UserRow,
  neededBytes: number,
  at: string,
  besides?: string,
): Promise<void> {
  let takenBytes = user.storageUsed;
  for (const upload of await state.find("uploads", "state", "open")) {
    if (upload.id !== besides && upload.expiresDate > at) takenBytes += upload.sizeBytes;
  }
  if (takenBytes + neededBytes > user.storageQuota) {
    throw new QuotaExceededError(neededBytes, takenBytes, user.storageQuota);
  }
}
