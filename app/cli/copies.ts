import type { Difference } from "../catalog/history/compare-view.ts";
import type { Damage } from "../catalog/history/damage.ts";
import type { Notice } from "../catalog/protocol/notice.ts";
import { organisationOwner } from "../catalog/history/stored-logs.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import type { CopiedCatalog } from "./copied-catalog.ts";
import { exitCodeOf, findings, findingsJson, unreadWords, worstOf, writeDamage } from "./findings.ts";
import { withCopies } from "./open-copies.ts";
import { counted, type ExitCode, exitCodes, jsonLine, type Terminal } from "./terminal.ts";

interface Copies {
  readonly owner: string;
  /** Of the newest snapshot; 0 where there is none. */
  readonly snapshotSequence: number;
  readonly snapshotBytes: number;
  readonly segments: number;
}

/** What a rebuilt view holds: a person's photos, the organisation's members. */
type Rebuilt = { readonly entries: number; readonly differences: readonly Difference[] } & (
  | { readonly photos: number }
  | { readonly members: number }
);

interface Asked {
  readonly isJson: boolean;
}

/** Makes a snapshot of each catalog as it is now, and segments of its log. What is there already is left as it is. */
export async function snapshot(
  store: ObjectStore,
  owners: readonly string[],
  { isJson }: Asked,
  terminal: Terminal,
): Promise<ExitCode> {
  return await forEach(store, owners, isJson, terminal, async (catalog, keepUp) => {
    const outcome = await keepUp();
    if (outcome === exitCodes.fine) writeCopies(await copiesOf(store, catalog.owner), isJson, terminal);
    return outcome;
  });
}

/**
 * Throws away what was made from each log and makes it anew, from the log alone; then holds every row of the new view
 * against the log. Where the log is damaged nothing is thrown away.
 */
export async function rebuild(
  store: ObjectStore,
  owners: readonly string[],
  { isJson }: Asked,
  terminal: Terminal,
): Promise<ExitCode> {
  return await forEach(store, owners, isJson, terminal, async (catalog, keepUp) => {
    const { owner } = catalog;
    const { sequence: entries, damage } = await catalog.logged();
    if (damage.length > 0) {
      const code = exitCodeOf(findings(damage));
      const problem = `The catalog of ${owner} ${unreadWords(code)}, and stays as it is.`;
      tellFailure({ owner, problems: [problem], damage }, isJson, terminal);
      return code;
    }
    for await (const { name } of store.list(`catalog/${owner}/snapshots/`)) await store.delete(name);
    await catalog.renewSegments();
    const outcome = await keepUp();
    if (outcome !== exitCodes.fine) return outcome;
    const { rows, differences } = await catalog.compare();
    const held =
      owner === organisationOwner ? { members: rows["members"] ?? 0 } : { photos: rows["photos"] ?? 0 };
    writeCopies({ ...(await copiesOf(store, owner)), entries, ...held, differences }, isJson, terminal);
    for (const { table, rowsInView, rowsInLog, different } of differences) {
      terminal.complain(
        `The view of ${owner} has ${counted(rowsInView, "row")} of '${table}', its log ${rowsInLog}, and ` +
          `${different} are different: report this.`,
      );
    }
    return differences.length === 0 ? exitCodes.fine : exitCodes.damage;
  });
}

/** @returns the worst that came of anyone */
async function forEach(
  store: ObjectStore,
  owners: readonly string[],
  isJson: boolean,
  terminal: Terminal,
  work: (catalog: CopiedCatalog, keepUp: () => Promise<ExitCode>) => Promise<ExitCode>,
): Promise<ExitCode> {
  const codes = new Set<ExitCode>();
  let failures: Extract<Notice, { kind: "upkeep-failed" }>[] = [];
  const notify = (notice: Notice): void => {
    if (notice.kind === "upkeep-failed") failures.push(notice);
  };
  await withCopies(store, notify, async (catalogOf) => {
    for (const owner of owners) {
      const catalog = catalogOf(owner);
      const keepUp = async (): Promise<ExitCode> => {
        failures = [];
        await catalog.keepUp();
        if (failures.length === 0) return exitCodes.fine;
        const problems = failures.map(
          ({ error }) => `No snapshot of ${owner}: ${error instanceof Error ? error.message : String(error)}`,
        );
        const { damage } = await catalog.logged();
        tellFailure({ owner, problems, damage }, isJson, terminal);
        return damage.length > 0 ? exitCodeOf(findings(damage)) : exitCodes.unavailable;
      };
      codes.add(await work(catalog, keepUp));
    }
  });
  return worstOf(codes);
}

interface Failure {
  readonly owner: string;
  readonly problems: readonly string[];
  /** Of its log, where that is why. */
  readonly damage: readonly Damage[];
}

function tellFailure({ owner, problems, damage }: Failure, isJson: boolean, terminal: Terminal): void {
  if (isJson) terminal.write(jsonLine({ owner, problems, ...findingsJson(findings(damage)) }));
  for (const problem of problems) terminal.complain(problem);
  for (const found of damage) writeDamage(found, terminal.complain);
}

async function copiesOf(store: ObjectStore, owner: string): Promise<Copies> {
  let [snapshotSequence, snapshotBytes, segments] = [0, 0, 0];
  for await (const { name, sizeBytes } of store.list(`catalog/${owner}/snapshots/`)) {
    const sequence = Number(name.split("/").at(-1));
    if (sequence > snapshotSequence) [snapshotSequence, snapshotBytes] = [sequence, sizeBytes];
  }
  for await (const _ of store.list(`catalog/${owner}/segments/`)) segments++;
  return { owner, snapshotSequence, snapshotBytes, segments };
}

function writeCopies(copies: Copies | (Copies & Rebuilt), isJson: boolean, { write }: Terminal): void {
  if (isJson) return write(jsonLine("differences" in copies ? rebuiltJson(copies) : copies));
  const { owner, snapshotSequence, snapshotBytes, segments } = copies;
  const from =
    "entries" in copies
      ? `rebuilt from ${counted(copies.entries, "entry", "entries")}: ${heldBy(copies)}; `
      : "";
  write(
    `${owner.padEnd(36)}  ${from}snapshot of entry ${snapshotSequence}, ${counted(snapshotBytes, "byte")}, ${counted(segments, "segment")}`,
  );
}

function rebuiltJson({ differences, ...rebuilt }: Copies & Rebuilt): object {
  const named = differences.map(({ table, rowsInView, rowsInLog, different }) => ({
    table,
    rows_in_view: rowsInView,
    rows_in_log: rowsInLog,
    different,
  }));
  return { ...rebuilt, differences: named };
}

function heldBy(rebuilt: Rebuilt): string {
  return "photos" in rebuilt ? counted(rebuilt.photos, "photo") : counted(rebuilt.members, "member");
}
