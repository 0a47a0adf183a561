import type { Damage } from "../catalog/history/damage.ts";
import { verifyCatalog } from "../catalog/history/verify-catalog.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { counted, type ExitCode, exitCodes, jsonLine, type Terminal } from "./terminal.ts";

/** Prints the outcome of each catalog as soon as it is known. */
export async function verify(
  store: ObjectStore,
  owners: readonly string[],
  { isJson }: { readonly isJson: boolean },
  { write }: Terminal,
): Promise<ExitCode> {
  let damagedCount = 0;
  for (const owner of owners) {
    const verification = await verifyCatalog(store, owner);
    const { entries, damage, isBeingDeleted } = verification;
    if (damage.length > 0) damagedCount++;
    if (isJson) {
      write(jsonLine({ ...verification, damage: damage.map(damageJson) }));
      continue;
    }
    const intact = isBeingDeleted ? "being deleted" : "whole";
    const outcome = damage.length === 0 ? intact : `DAMAGED in ${counted(damage.length, "place")}`;
    write(`${owner.padEnd(36)}  ${outcome}, ${counted(entries, "entry", "entries")} read`);
    for (const found of damage) writeDamage(found, write);
  }
  if (!isJson) {
    write(
      `${counted(owners.length, "catalog")} read, ${damagedCount === 0 ? "none" : damagedCount} damaged.`,
    );
  }
  return damagedCount === 0 ? exitCodes.fine : exitCodes.damage;
}

export function writeDamage({ problem, remedy }: Damage, write: Terminal["write"]): void {
  write(`  ! ${problem}`);
  write(`    ${remedy}`);
}

export function damageJson({ kind, sequence, lastSequence, problem, remedy }: Damage) {
  return { kind, sequence, last_sequence: lastSequence ?? sequence, problem, remedy };
}
