import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import { runCommand } from "../../app/cli/run-command.ts";

/** A folder of the test's whose records a command can be pointed at. */
export function recordsFolder() {
  const folder = mkdtempSync(join(tmpdir(), "imgstream-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const records = join(folder, "records");
  return { folder, records, url: pathToFileURL(records).href };
}

/** What a command says and how it ends. */
export async function run(...words: string[]) {
  const lines: string[] = [];
  const complaints: string[] = [];
  const code = await runCommand(words, {
    write: (line) => lines.push(line),
    complain: (line) => complaints.push(line),
  });
  return { code, text: lines.join("\n"), lines, complaint: complaints.join("\n") };
}

/** The file that holds the entry's bytes. */
export function entryFile(records: string, owner: string, sequence: number): string {
  return realpathSync(entryName(records, owner, sequence));
}

export function entryName(records: string, owner: string, sequence: number): string {
  return join(records, "catalog", owner, "log", `${sequence.toString().padStart(12, "0")}.json`);
}
