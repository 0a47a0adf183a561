import { inspectCatalog } from "../catalog/history/inspect-catalog.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { counted, type ExitCode, exitCodes, jsonLine, type Terminal } from "./terminal.ts";

/** Prints one line for each catalog, and what is wrong at first sight. */
export async function inspect(
  store: ObjectStore,
  owners: readonly string[],
  { isJson }: { readonly isJson: boolean },
  { write }: Terminal,
): Promise<ExitCode> {
  let problemCount = 0;
  for (const owner of owners) {
    const inspection = await inspectCatalog(store, owner);
    problemCount += inspection.problems.length;
    if (isJson) {
      write(jsonLine(inspection));
      continue;
    }
    const { entries, head, newestAt, isBeingDeleted, problems } = inspection;
    const state = `${counted(entries, "entry", "entries")}, head ${head}, newest ${newestAt ?? "unknown"}`;
    write(`${owner.padEnd(36)}  ${state}${isBeingDeleted ? ", being deleted" : ""}`);
    for (const problem of problems) write(`  ! ${problem}`);
  }
  if (!isJson) write(counted(owners.length, "catalog"));
  if (!isJson && problemCount > 0) write("'imgstream catalog verify' reads everything and says what to do.");
  return problemCount === 0 ? exitCodes.fine : exitCodes.damage;
}
