import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { connect, createServer as createNetServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ContainerSpec } from "./container-spec.ts";
import { watchMemory } from "./memory-watch.ts";
import { joinSockets } from "./join-sockets.ts";
import { plainCommand, sandboxCommand } from "./sandbox.ts";
import { freePort, listenOnFreePort } from "../free-port.ts";

export interface ExitReport {
  readonly code: number;
  /** Why the container was ended from outside, if it was. */
  readonly reason?: "memory" | "stopped";
}

export interface Container {
  /** Where its port can be reached from here. */
  readonly origin: string;
  /** What it wrote to standard output and error, a line each; the last 5,000. */
  readonly log: readonly string[];
  readonly exited: Promise<ExitReport>;
  /** SIGTERM, then SIGKILL after the grace. @default 10 seconds, as on Cloud Run */
  stop(graceSeconds?: number): Promise<void>;
}

const keptLines = 5000;

/** Starts the container; whether it becomes ready is the probe's business. */
export async function startContainer(spec: ContainerSpec): Promise<Container> {
  const folder = await mkdtemp(join(tmpdir(), "imgstream-container-"));
  await mkdir(folder, { recursive: true });
  const port = spec.sandbox.kind === "process" ? await freePort() : spec.port;
  const environment = {
    ...spec.image.config.environment,
    ...spec.environment,
    ...spec.platformEnvironment,
    PORT: String(port),
  };
  const line =
    spec.sandbox.kind === "process"
      ? plainCommand(spec, environment)
      : await sandboxCommand(spec, spec.sandbox, environment, folder);
  const child = spawn(line.program, line.args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: line.environment,
    // A group of its own, so that everything it started can be ended with it.
    detached: true,
    ...(line.folder !== undefined && { cwd: line.folder }),
  });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (text) => {
      log.push(text);
      if (log.length > keptLines) log.shift();
    });
  }
  const ingress = line.ingress === undefined ? undefined : await forward(line.ingress);
  let reason: ExitReport["reason"];
  const memory = watchMemory(child.pid, spec.memoryBytes, (bytes) => {
    reason = "memory";
    log.push(
      `Memory limit of ${mebibytes(spec.memoryBytes)} MiB exceeded with ${mebibytes(bytes)} MiB used.`,
    );
    killGroup(child, "SIGKILL");
  });
  const ended = new Promise<ExitReport>((resolve) => {
    child.on("error", (error) => {
      log.push(`The container cannot be started: ${error.message}`);
      resolve({ code: 127 });
    });
    child.on("close", (code, signal) => {
      resolve({ code: code ?? (signal === "SIGKILL" ? 137 : 143), ...(reason !== undefined && { reason }) });
    });
  });
  const cleanUp = async (): Promise<ExitReport> => {
    const report = await ended;
    memory.stop();
    ingress?.close();
    await rm(folder, { recursive: true, force: true });
    return report;
  };
  const exited = cleanUp();
  return {
    origin: ingress?.origin ?? `http://127.0.0.1:${port}`,
    log,
    exited,
    stop: async (graceSeconds = 10) => {
      reason ??= "stopped";
      child.kill("SIGTERM");
      const timer = setTimeout(() => killGroup(child, "SIGKILL"), graceSeconds * 1000);
      await exited;
      clearTimeout(timer);
    },
  };
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch (error) {
    const isGone = error instanceof Error && "code" in error && error.code === "ESRCH";
    if (!isGone) throw error;
  }
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}

/** A loopback port in front of a socket file. */
async function forward(socketFile: string): Promise<{ readonly origin: string; close(): void }> {
  const open = new Set<Socket>();
  const server = createNetServer({ allowHalfOpen: true }, (inbound) => {
    open.add(inbound);
    inbound.on("close", () => open.delete(inbound));
    joinSockets(inbound, connect({ path: socketFile, allowHalfOpen: true }));
  });
  const port = await listenOnFreePort(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
