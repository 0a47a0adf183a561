import { verifyCatalog } from "../catalog/history/verify-catalog.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { exitCodeOf, type Findings, findings, findingsJson, worstOf, writeDamage } from "./findings.ts";
import { counted, type ExitCode, exitCodes, jsonLine, type Terminal } from "./terminal.ts";

/** Prints the outcome of each catalog as soon as it is known. */
export async function verify(
  store: ObjectStore,
  owners: readonly string[],
  { isJson }: { readonly isJson: boolean },
  { write }: Terminal,
): Promise<ExitCode> {
  const codes: ExitCode[] = [];
  let withValues = 0;
  for (const owner of owners) {
    const verification = await verifyCatalog(store, owner);
    const { entries, isBeingDeleted } = verification;
    const found = findings(verification.damage);
    codes.push(exitCodeOf(found));
    if (found.values.length > 0) withValues++;
    if (isJson) {
      write(jsonLine({ ...verification, ...findingsJson(found) }));
      continue;
    }
    const outcome = isBeingDeleted ? "being deleted" : outcomeWords(found);
    write(`${owner.padEnd(36)}  ${outcome}, ${counted(entries, "entry", "entries")} read`);
    for (const damage of verification.damage) writeDamage(damage, write);
  }
  if (!isJson) {
    const [damaged, newer] = [exitCodes.damage, exitCodes.newer].map(
      (code) => codes.filter((one) => one === code).length,
    );
    const ofNewer = newer === 0 ? "" : `, ${newer} of a newer release`;
    const ofValues = withValues === 0 ? "" : `, ${withValues} with values that no view can hold`;
    write(
      `${counted(owners.length, "catalog")} read, ${damaged === 0 ? "none" : damaged} damaged${ofNewer}${ofValues}.`,
    );
  }
  return worstOf(codes);
}

function outcomeWords({ damage, newer, values }: Findings): string {
  const withValues =
    values.length === 0 ? "" : `, with ${counted(values.length, "value")} that no view can hold`;
  if (damage.length > 0) return `DAMAGED in ${counted(damage.length, "place")}${withValues}`;
  return `${newer.length > 0 ? "of a newer release" : "whole"}${withValues}`;
}
