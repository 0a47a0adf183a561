import { spawn, spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { endWithThisProcess } from "./end-with-this-process.ts";
import { freePort } from "../free-port.ts";

export interface Registry {
  readonly origin: string;
  close(): Promise<void>;
}

export function hasRegistry(): boolean {
  return spawnSync("docker-registry", ["--version"], { stdio: "ignore" }).status === 0;
}

/** Debian's docker-registry on a free loopback port, with its images below `folder`. */
export async function startRegistry(folder: string): Promise<Registry> {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const settings = join(folder, "registry.yml");
  const lines = [
    "version: 0.1",
    "log:",
    "  level: error",
    "storage:",
    "  filesystem:",
    `    rootdirectory: ${join(folder, "registry")}`,
    "http:",
    `  addr: 127.0.0.1:${port}`,
  ];
  await writeFile(settings, `${lines.join("\n")}\n`);
  const server = endWithThisProcess(spawn("docker-registry", ["serve", settings], { stdio: "ignore" }));
  const ended = new Promise<void>((resolve) => {
    server.once("close", () => resolve());
    server.once("error", () => resolve());
  });
  const origin = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    server.kill();
    await ended;
  };
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await fetch(`${origin}/v2/`).catch(() => undefined);
    if (answer?.ok === true) return { origin, close };
    await pause(50);
  }
  await close();
  throw new Error("docker-registry does not answer: install Debian's docker-registry");
}
