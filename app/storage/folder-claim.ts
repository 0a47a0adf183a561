import { readFileSync } from "node:fs";
import { link, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { casualUuid } from "../uuid.ts";

/**
 * Mutual exclusion between processes by files alone. Everyone who wants the folder puts a claim of a name of its
 * own there and then looks for others: of two that come at once, the one whose claim appears last sees the
 * other's. A claim names its process and when that started, so the claim of a killed process counts for nothing
 * at once, and whoever meets it removes it; as no name is used twice, that can never remove a living one.
 */
export interface FolderClaim {
  release(): Promise<void>;
}

export interface Claimant {
  readonly pid: number;
  /** Distinguishes a process from a later one of the same id; null where the system does not tell. */
  readonly startedAt: string | null;
  readonly host: string;
}

/** The claim, or the living process that has the subject. Several subjects may be claimed apart in one folder. */
export async function claimFolder(
  folder: string,
  subject = "whole",
): Promise<{ readonly claim: FolderClaim } | { readonly heldBy: Claimant; readonly file: string }> {
  await mkdir(folder, { recursive: true });
  const name = `${subject}.${casualUuid()}.claim`;
  const path = join(folder, name);
  // Written aside and linked, so that nobody reads half a claim.
  const draft = join(folder, `${name}.draft`);
  await writeFile(draft, JSON.stringify(thisProcess()), { flag: "wx" });
  await link(draft, path);
  await rm(draft, { force: true });
  for (const other of await readdir(folder)) {
    if (other === name || !other.startsWith(`${subject}.`) || !other.endsWith(".claim")) continue;
    const file = join(folder, other);
    const claimant = await readClaimant(file);
    if (claimant === undefined) continue;
    if (isAlive(claimant)) {
      await rm(path, { force: true });
      return { heldBy: claimant, file };
    }
    await rm(file, { force: true });
  }
  return { claim: { release: () => rm(path, { force: true }) } };
}

/**
 * Tries again while others have it; two that came at once may both have stepped back, hence the random pause.
 *
 * @throws FolderBusyError after `deadlineMilliseconds`
 */
export async function claimFolderWaiting(
  folder: string,
  deadlineMilliseconds: number,
  subject?: string,
): Promise<FolderClaim> {
  const end = performance.now() + deadlineMilliseconds;
  for (;;) {
    const outcome = await claimFolder(folder, subject);
    if ("claim" in outcome) return outcome.claim;
    if (performance.now() >= end) throw new FolderBusyError(folder, outcome.heldBy, outcome.file);
    await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 5));
  }
}

export class FolderBusyError extends Error {
  readonly code = "folder-busy";
  readonly heldBy: Claimant;
  readonly claimFile: string;

  constructor(folder: string, heldBy: Claimant, claimFile: string) {
    super(
      `folder ${folder} is in use by process ${heldBy.pid} on ${heldBy.host}; ` +
        `end that process, or, if it is surely not running any more, remove ${claimFile}`,
    );
    this.heldBy = heldBy;
    this.claimFile = claimFile;
  }
}

export function thisProcess(): Claimant {
  return { pid: process.pid, startedAt: startOf(process.pid) ?? null, host: hostname() };
}

/** False only where it is certain: a claim from another machine or container counts as alive. */
export function isAlive(claimant: Claimant): boolean {
  if (claimant.host !== hostname()) return true;
  if (claimant.pid <= 0) return false;
  try {
    process.kill(claimant.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to someone else.
    if (isSystemError(error) && error.code === "ESRCH") return false;
  }
  const startedAt = startOf(claimant.pid);
  return startedAt === undefined || claimant.startedAt === null || startedAt === claimant.startedAt;
}

/** On Linux: boot and clock ticks since it, the 22nd field of `/proc/PID/stat`; undefined elsewhere. */
function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in parentheses and may hold anything, so count from its end.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return ticks === undefined ? undefined : `${boot}/${ticks}`;
  } catch {
    return undefined;
  }
}

async function readClaimant(file: string): Promise<Claimant | undefined> {
  let text;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return undefined;
    throw error;
  }
  const value: unknown = parseJson(text);
  if (typeof value === "object" && value !== null && "pid" in value && "host" in value) {
    const startedAt = "startedAt" in value && typeof value.startedAt === "string" ? value.startedAt : null;
    if (typeof value.pid === "number" && typeof value.host === "string") {
      return { pid: value.pid, host: value.host, startedAt };
    }
  }
  // A living process's claim is whole from its first moment, so this one is what a power cut left.
  return { pid: -1, host: hostname(), startedAt: null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
