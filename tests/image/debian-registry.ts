import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll } from "vitest";
import { freePort } from "../../local/free-port.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const stops: (() => void)[] = [];

afterAll(() => {
  for (const stop of stops.splice(0)) stop();
});

export interface DebianRegistryOptions {
  /** Folder that it keeps things in. @default one of its own */
  readonly storage?: string;
  /** Words before the command that starts it. @default none */
  readonly through?: readonly string[];
}

/** Starts Debian's docker-registry on a free port until the test file ends. */
export async function startDebianRegistry({
  storage,
  through = [],
}: DebianRegistryOptions = {}): Promise<string> {
  const folder = await temporaryFolder();
  const host = `127.0.0.1:${await freePort()}`;
  const config = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: storage ?? folder }, delete: { enabled: true } },
    http: { addr: host },
    log: { level: "error" },
  };
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  const [program, ...words] = [...through, "docker-registry", "serve", join(folder, "config.json")];
  const server = spawn(program, words, { stdio: "ignore" });
  stops.push(() => server.kill());
  for (let tries = 0; tries < 200; tries++) {
    const reply = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (reply?.ok === true) return host;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error("docker-registry does not answer");
}
