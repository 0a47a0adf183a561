import { organisationModel } from "../../../app/catalog/organisation/organisation-model.ts";
import { personModel } from "../../../app/catalog/person/person-model.ts";
import { Changes } from "../../../app/catalog/protocol/changes.ts";
import { decodeEntry } from "../../../app/catalog/protocol/entry.ts";
import type { Model } from "../../../app/catalog/protocol/model.ts";
import { layEntries } from "../../../app/catalog/protocol/replay.ts";
import type { Row, Tables } from "../../../app/catalog/protocol/tables.ts";
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
    const user = rowsOf(bucket, userId, personModel)("users", userId);
    if (user === undefined || user["lastLogin"] === null || user["closedAt"] !== null) continue;
    const member = directory("members", userId);
    if (member?.["email"] === user["email"]) continue;
    const told = JSON.stringify(member?.["email"]) ?? "nobody";
    faults.push(`${userId} signed in as ${JSON.stringify(user["email"])}, and the directory has ${told}`);
  }
  return faults;
}

/** By the log alone, without the views under test. */
function rowsOf<T extends Tables, C, E, A>(bucket: Bucket, owner: string, model: Model<T, C, E, A>) {
  const changes = new Changes(model.tables);
  changes.append(model.initial(owner));
  for (const [index, { name }] of bucket.list(`catalog/${owner}/log/`).entries()) {
    const bytes = bucket.get(name)?.bytes ?? new Uint8Array();
    layEntries([decodeEntry(bytes, index + 1, model)], owner, model, changes);
  }
  return (table: string, key: string): Row | undefined => {
    const change = changes.change(table, key);
    return change?.kind === "put" ? change.row : undefined;
  };
}
