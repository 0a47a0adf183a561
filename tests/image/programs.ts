import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { TestContext } from "vitest";

/** Runs a program to its end; a failure carries what it wrote. */
export const run = promisify(execFile);

function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Says that a test needs programs of Debian's. Where they are missing it is skipped, with what to install; in CI it
 * fails.
 */
export function needPrograms({ skip }: TestContext, programs: readonly string[]): void {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) return;
  const remedy = `install ${missing.join(", ")}`;
  if (process.env["CI"] === "true") throw new Error(remedy);
  skip(remedy);
}
