import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { matchesGlob } from "node:path";
import { describeRefusals } from "./refusing.ts";
import { stackNames } from "./request.ts";

/** A process that runs: its words, program first, and who started it. */
export interface RunningProcess {
  readonly parent: number;
  readonly words: readonly string[];
}

export type ReadProcess = (id: number) => RunningProcess | undefined;

/** cdktf runs the program that `cdktf.json` names through a shell; npx and npm stand above cdktf. */
const generations = 4;

const commands =
  /^(init|get|convert|deploy|apply|destroy|diff|plan|list|login|synth|synthesize|watch|outputs?)$/;
const deploying = /^(deploy|apply|watch)$/;

/**
 * Ends this synthesis where it was called for a deploy, such as `npx cdktf deploy dev`, of what must not be deployed to
 * Google, with every file and line to edit. Where the caller cannot be told, the first step of the apply refuses.
 */
export async function refuseWhatCdktfDeploys(): Promise<void> {
  const stacks = findStacksToDeploy(process.ppid);
  if (stacks.length === 0) return;
  const refusals = await describeRefusals("deploy", stacks, process.env).catch(String);
  if (refusals === undefined) return;
  console.error(refusals);
  process.exit(1);
}

/**
 * The stacks that cdktf is about to deploy, where it is the one who runs this synthesis: nothing that it hands on says
 * so but its own command line. None where it does something else, where somebody else runs this, and where the system
 * does not tell who does, as Windows.
 */
export function findStacksToDeploy(
  caller: number,
  read: ReadProcess = process.platform === "linux" ? readFromProc : readWithPs,
): readonly string[] {
  let id = caller;
  for (let generation = 0; generation < generations && id > 1; generation += 1) {
    const running = read(id);
    if (running === undefined) return [];
    const program = running.words.findIndex((word) => /(^|[\\/])cdkt[fn](\.js)?$/.test(word));
    if (program !== -1) return stacksOf(running.words.slice(program + 1));
    id = running.parent;
  }
  return [];
}

function stacksOf(words: readonly string[]): readonly string[] {
  const command = words.findIndex((word) => commands.test(word));
  if (!deploying.test(words[command] ?? "")) return [];
  const patterns = words.slice(command + 1);
  return stackNames.filter((name) => patterns.some((pattern) => matchesGlob(name, pattern)));
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_cmdline.5.html */
export function readFromProc(id: number): RunningProcess | undefined {
  try {
    const parent = Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0);
    return { parent, words: readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0") };
  } catch {
    return undefined;
  }
}

/** What POSIX has; a word with a space in it comes in two. Without `ww` macOS cuts a line after 79 characters. */
export function readWithPs(id: number): RunningProcess | undefined {
  const { status, stdout } = spawnSync("ps", ["-ww", "-o", "ppid=", "-o", "args=", "-p", String(id)], {
    encoding: "utf8",
  });
  if (status !== 0) return undefined;
  const [parent, ...words] = stdout.trim().split(/\s+/);
  return { parent: Number(parent), words };
}
