import type { Damage } from "../catalog/history/damage.ts";
import { type ExitCode, exitCodes, jsonLine, type Terminal } from "./terminal.ts";

/** What was found in one log. */
export interface Findings {
  readonly damage: readonly Damage[];
  /** Entries that are as they were written, by a newer release than this one. */
  readonly newer: readonly Damage[];
  /** What no view can hold, with what stands in its place: nothing is lost, and nothing takes it out of its entry. */
  readonly values: readonly Damage[];
}

export function findings(found: readonly Damage[]): Findings {
  return {
    damage: found.filter(({ kind }) => kind !== "newer" && kind !== "value"),
    newer: found.filter(({ kind }) => kind === "newer"),
    values: found.filter(({ kind }) => kind === "value"),
  };
}

/** How a command ends that found this and nothing else. */
export function exitCodeOf({ damage, newer }: Findings): ExitCode {
  if (damage.length > 0) return exitCodes.damage;
  return newer.length > 0 ? exitCodes.newer : exitCodes.fine;
}

/** Of a catalog that cannot be read as a whole, by how a command ends that found out. */
export function unreadWords(code: ExitCode): string {
  return code === exitCodes.newer ? "was written by a newer release" : "is damaged";
}

/** How a command ends by what became of each catalog: the worst of it. */
export function worstOf(codes: Iterable<ExitCode>): ExitCode {
  const found = new Set(codes);
  const order = [exitCodes.damage, exitCodes.unavailable, exitCodes.newer];
  return order.find((code) => found.has(code)) ?? exitCodes.fine;
}

export function writeDamage({ problem, remedy }: Damage, write: Terminal["write"]): void {
  write(`  ! ${problem}`);
  write(`    ${remedy}`);
}

export function damageJson({ kind, sequence, lastSequence, problem, remedy }: Damage): object {
  return { kind, sequence, last_sequence: lastSequence ?? sequence, problem, remedy };
}

export function findingsJson({ damage, newer, values }: Findings): object {
  return {
    damage: damage.map(damageJson),
    newer: newer.map(damageJson),
    values: values.map(damageJson),
  };
}

/** A line of its own, in the place of an entry or of a whole export. */
export function damageLine(damage: Damage): string {
  const record = damage.kind === "newer" || damage.kind === "value" ? damage.kind : "damage";
  return jsonLine({ record, sequence: damage.sequence, [record]: damageJson(damage) });
}
