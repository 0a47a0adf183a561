import type { ChildProcess } from "node:child_process";

export interface Outcome {
  readonly code: number;
  /** Everything that it printed. */
  readonly output: string;
}

/**
 * How a process ends; 1 for one that was killed.
 *
 * @throws what kept it from starting
 */
export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const parts: Buffer[] = [];
  child.stdout?.on("data", (part: Buffer) => parts.push(part));
  child.stderr?.on("data", (part: Buffer) => parts.push(part));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(parts).toString("utf8") }));
  });
}
