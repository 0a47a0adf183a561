import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { onTestFinished } from "vitest";

const repository = join(import.meta.dirname, "../..");

export interface StartedProduct {
  readonly origin: string;
  readonly runner: ChildProcess;
  readonly dataFolder: string;
  /** All that it has written to the terminal. */
  readonly output: () => string;
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

export async function makeDataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "product-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  return folder;
}

/** Runs `npm start`'s own program and waits until it says that it is ready, or has ended. */
export async function runStart(dataFolder: string, port = 0): Promise<StartedProduct> {
  const runner = spawn(
    process.execPath,
    [join(repository, "local/start.ts"), "--port", String(port), "--data", dataFolder],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, IMGSTREAM_DATA: "/nowhere" } },
  );
  return await untilReady(runner, dataFolder);
}

/** The same by `npm start`, which leads a group of processes as in a terminal. */
export async function runNpmStart(dataFolder: string): Promise<StartedProduct> {
  const words = ["start", "--", "--port", "0", "--data", dataFolder];
  const runner = spawn("npm", words, { cwd: repository, stdio: ["ignore", "pipe", "pipe"], detached: true });
  return await untilReady(runner, dataFolder);
}

async function untilReady(
  runner: ChildProcessByStdio<null, Readable, Readable>,
  dataFolder: string,
): Promise<StartedProduct> {
  let output = "";
  const ended = new Promise<number | null>((resolve) => runner.once("close", (code) => resolve(code)));
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> => {
    runner.kill(signal);
    return await ended;
  };
  onTestFinished(async () => {
    await stop();
  });
  const origin = await new Promise<string>((resolve) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /ready: {2}(http:\S+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    };
    runner.stdout.on("data", read);
    runner.stderr.on("data", read);
    void ended.then(() => resolve(""));
  });
  return { origin, runner, dataFolder, output: () => output, stop };
}

/** The process that has the data folder: the app in its role `web`. */
export async function webProcessId(dataFolder: string): Promise<number> {
  const claims = (await readdir(join(dataFolder, "lock"))).filter((name) => name.endsWith(".claim"));
  const claim = JSON.parse(await readFile(join(dataFolder, "lock", claims[0] ?? ""), "utf8")) as {
    pid: number;
  };
  return claim.pid;
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
