import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { onTestFinished } from "vitest";
import { createGround } from "./app-ground.ts";

export interface AppProcess {
  /** Where it listens; rejects when it ends without. */
  readonly origin: Promise<string>;
  /** What it wrote, line by line. */
  readonly lines: Record<string, unknown>[];
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly kill: (signal: NodeJS.Signals) => boolean;
}

/** A ground and what is started on it; gone with the test. */
export async function createAppGround() {
  const ground = await createGround();
  const children: ChildProcess[] = [];
  onTestFinished(async () => {
    for (const child of children) child.kill("SIGKILL");
    await ground.close();
  });

  /**
   * Another program than the sources, such as the one that ships.
   *
   * @param before a program that starts it, with its arguments
   */
  const startProgram = (
    program: string,
    parameters: readonly string[],
    changed: Record<string, string | undefined> = {},
    before: readonly string[] = [],
  ): AppProcess => {
    const given = Object.entries({ PATH: process.env["PATH"], ...ground.environment, ...changed });
    const [file = "", ...words] = [...before, process.execPath, program, ...parameters];
    const child = spawn(file, words, {
      env: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    return follow(child);
  };

  return {
    ...ground,
    startProgram,
    start: (parameters: readonly string[], changed: Record<string, string | undefined> = {}): AppProcess =>
      startProgram(ground.program, parameters, changed),
  };
}

function follow(child: ChildProcess): AppProcess {
  const lines: Record<string, unknown>[] = [];
  const origin = Promise.withResolvers<string>();
  origin.promise.catch(() => {});
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    let rest = "";
    // Not by readline, which also ends lines at U+2028: what was refused may be quoted in a line.
    stream.setEncoding("utf8").on("data", (text: string) => {
      const whole = (rest + text).split("\n");
      rest = whole.pop() ?? "";
      for (const line of whole) {
        const fields = line.startsWith("{") ? JSON.parse(line) : { message: line };
        lines.push(fields);
        const found = /listening at (\S+)$/.exec(String(fields.message))?.[1];
        if (found !== undefined) origin.resolve(found);
      }
    });
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("close", (code, signal) => {
      origin.reject(new Error(`the process ended without listening: ${JSON.stringify(lines)}`));
      resolve({ code, signal });
    });
  });
  return { origin: origin.promise, lines, ended, kill: (signal) => child.kill(signal) };
}
