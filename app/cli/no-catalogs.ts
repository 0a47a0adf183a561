import { objectPrefixes } from "../runtime-contract.ts";
import { localRecords, type Records } from "./records-location.ts";
import { type ExitCode, exitCodes, type Terminal } from "./terminal.ts";

/**
 * Says why there is nothing to read, and never ends as if all were well: a place that lost everything looks like one
 * where nobody has signed in yet.
 */
export async function tellNoCatalogs(records: Records, { complain }: Terminal): Promise<ExitCode> {
  const { store, place } = records;
  for await (const _ of store.list(objectPrefixes.identities, { limit: 1 })) {
    complain(
      `No catalog is left in ${place}, although people have signed in there: '${objectPrefixes.identities}' says so.`,
    );
    complain(`Put '${objectPrefixes.catalog}' back from older versions or a backup.`);
    return exitCodes.damage;
  }
  if (await records.isEmpty()) {
    complain(`${place} is empty: there is no catalog before somebody has signed in for the first time.`);
    complain("Where somebody has, everything is lost: put it back from older versions or a backup.");
  } else {
    complain(
      `No catalogs in ${place}: expected the bucket of the records, or the folder, which has '${objectPrefixes.catalog}'`,
    );
    complain(`in it (on one machine ${localRecords}). Name it with --records.`);
  }
  return exitCodes.usage;
}
