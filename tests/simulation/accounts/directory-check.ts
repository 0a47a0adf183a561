import { organisationModel } from "../../../app/catalog/organisation/organisation-model.ts";
import { personModel } from "../../../app/catalog/person/person-model.ts";
import { type Change, Changes } from "../../../app/catalog/protocol/changes.ts";
import { decodeEntry } from "../../../app/catalog/protocol/entry.ts";
import type { Model } from "../../../app/catalog/protocol/model.ts";
import { layEntries } from "../../../app/catalog/protocol/replay.ts";
import type { Row, Tables, Value } from "../../../app/catalog/protocol/tables.ts";
import type { Bucket } from "../bucket.ts";
import { organisation } from "../owners.ts";

/** Who has signed in and is led to an account that is not closed stands in the directory with their address. */
export function findUnentered(bucket: Bucket): string[] {
  const directory = rowsOf(bucket, organisation, organisationModel);
  const faults: string[] = [];
  for (const { name } of bucket.list("identities/")) {
    const { userId } = JSON.parse(Buffer.from(bucket.get(name)?.bytes ?? []).toString()) as {
      userId: string;
    };
    const user = rowsOf(bucket, userId, personModel).row("users", userId);
    if (user === undefined || user["lastLogin"] === null || user["closedAt"] !== null) continue;
    const member = directory.row("members", userId);
    if (member?.["email"] === user["email"]) continue;
    if (isHeldByTheClosed(bucket, directory, user["email"])) continue;
    const told = JSON.stringify(member?.["email"]) ?? "nobody";
    faults.push(`${userId} signed in as ${JSON.stringify(user["email"])}, and the directory has ${told}`);
  }
  return faults;
}

/**
 * The process of a late sign-in died between giving the address back to the account that was closed and taking that out
 * of the directory: who goes on is entered on another day, when they sign in.
 */
function isHeldByTheClosed(bucket: Bucket, directory: Rows, email: Value | undefined): boolean {
  const holders = directory.rows("members").filter((member) => member["email"] === email);
  return holders.some(
    ({ userId }) =>
      typeof userId === "string" &&
      Boolean(rowsOf(bucket, userId, personModel).row("users", userId)?.["closedAt"]),
  );
}

interface Rows {
  readonly row: (table: string, key: string) => Row | undefined;
  readonly rows: (table: string) => readonly Row[];
}

/** By the log alone, without the views under test. */
function rowsOf<T extends Tables, C, E, A>(bucket: Bucket, owner: string, model: Model<T, C, E, A>): Rows {
  const changes = new Changes(model.tables);
  changes.append(model.initial(owner));
  for (const [index, { name }] of bucket.list(`catalog/${owner}/log/`).entries()) {
    const bytes = bucket.get(name)?.bytes ?? new Uint8Array();
    layEntries([decodeEntry(bytes, index + 1, model)], owner, model, changes);
  }
  return {
    row: (table, key) => rowOf(changes.change(table, key)),
    rows: (table) =>
      [...changes.of(table)].map(({ change }) => rowOf(change)).filter((row) => row !== undefined),
  };
}

function rowOf(change: Change | undefined): Row | undefined {
  return change?.kind === "put" ? change.row : undefined;
}
