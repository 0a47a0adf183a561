import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { type Role, healthPaths, portVariable, startVariables } from "../../app/runtime-contract.ts";

export interface AppProcessOptions {
  readonly role: Role;
  /** What the role is told beside its name. @default nothing */
  readonly args?: readonly string[];
  readonly repository: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How long the app may take until it is ready, a cold disk and a busy machine included. */
const startSeconds = 60;

/** Longer than the app takes to finish what is under way. */
const stopSeconds = 11;

/** One process of the app, started as the image starts it: one program, the role as its argument. */
export class AppProcess {
  readonly origin: string;
  /** Resolves when the process has ended and all it said was read. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, origin: string, onLine: (line: string) => void) {
    this.#child = child;
    this.origin = origin;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on("line", onLine);
    }
    this.ended = new Promise((resolve) => {
      child.once("close", (code, signal) => resolve({ code, signal }));
      child.once("error", (error) => {
        onLine(error.message);
        resolve({ code: null, signal: null });
      });
    });
  }

  static async start(options: AppProcessOptions): Promise<AppProcess> {
    const { role, args = [] } = options;
    const port = await freePort();
    const leaveWithParent = pathToFileURL(join(import.meta.dirname, "leave-with-parent.ts")).href;
    const program = join(options.repository, "app/main.ts");
    const child = spawn(process.execPath, ["--import", leaveWithParent, program, role, ...args], {
      cwd: options.repository,
      env: { ...startVariables, ...options.environment, [portVariable]: String(port) },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A group of its own: Ctrl-C is the runner's to hear, who then ends the app in good order.
      detached: true,
    });
    return new AppProcess(child, `http://127.0.0.1:${port}`, options.onLine);
  }

  /** True once the app answers that it is ready; false when it ended before, or took too long. */
  async isReady(): Promise<boolean> {
    const deadline = performance.now() + startSeconds * 1000;
    while (this.#child.exitCode === null && this.#child.signalCode === null && performance.now() < deadline) {
      if (await this.#answersReady()) return true;
      await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, 50))]);
    }
    return false;
  }

  /** Ends the process in good order, and by force where that takes too long. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), stopSeconds * 1000);
    await this.ended;
    clearTimeout(force);
  }

  async #answersReady(): Promise<boolean> {
    try {
      const reply = await fetch(`${this.origin}${healthPaths.ready}`, { signal: AbortSignal.timeout(2000) });
      await reply.body?.cancel();
      return reply.ok;
    } catch {
      return false;
    }
  }
}
