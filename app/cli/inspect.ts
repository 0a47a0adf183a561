import { inspectCatalog } from "../catalog/history/inspect-catalog.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { worstOf } from "./findings.ts";
import { counted, type ExitCode, exitCodes, jsonLine, type Terminal } from "./terminal.ts";

/** Prints one line for each catalog, and what is wrong at first sight. */
export async function inspect(
  store: ObjectStore,
  owners: readonly string[],
  { isJson }: { readonly isJson: boolean },
  { write }: Terminal,
): Promise<ExitCode> {
  const codes = new Set<ExitCode>();
  for (const owner of owners) {
    const inspection = await inspectCatalog(store, owner);
    if (inspection.problems.length > 0) codes.add(exitCodes.damage);
    if (inspection.newer.length > 0) codes.add(exitCodes.newer);
    if (isJson) {
      write(jsonLine(inspection));
      continue;
    }
    const { entries, head, newestAt, isBeingDeleted, problems, newer } = inspection;
    const state = `${counted(entries, "entry", "entries")}, head ${head}, newest ${newestAt ?? "unknown"}`;
    write(`${owner.padEnd(36)}  ${state}${isBeingDeleted ? ", being deleted" : ""}`);
    for (const problem of [...problems, ...newer]) write(`  ! ${problem}`);
  }
  if (!isJson) write(counted(owners.length, "catalog"));
  if (!isJson && codes.size > 0) write("'imgstream catalog verify' reads everything and says what to do.");
  return worstOf(codes);
}
