import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import type { RuntimeVariable } from "../../app/runtime-contract.ts";
import { createTestIssuer, testAudience } from "./iap-issuer.ts";

const program = join(import.meta.dirname, "../../app/main.ts");

export interface AppProcess {
  /** Where it listens; rejects when it ends without. */
  readonly origin: Promise<string>;
  /** What it wrote, line by line. */
  readonly lines: Record<string, unknown>[];
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly kill: (signal: NodeJS.Signals) => boolean;
}

/** A data folder, published keys and what is needed to start real processes on them; gone with the test. */
export async function createAppGround() {
  const folder = mkdtempSync(join(tmpdir(), "imgstream-app-"));
  const issuer = await createTestIssuer();
  const keys = createServer((_request, response) =>
    response.end(JSON.stringify({ keys: [issuer.publicJwk] })),
  );
  await new Promise<void>((resolve) => keys.listen(0, "127.0.0.1", resolve));
  const children: ChildProcess[] = [];
  onTestFinished(async () => {
    for (const child of children) child.kill("SIGKILL");
    await new Promise((resolve) => keys.close(resolve));
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  const environment: Record<RuntimeVariable | "PORT", string> = {
    PUBLIC_ORIGIN: "http://localhost:8080",
    IAP_AUDIENCE: testAudience,
    IAP_KEY_SET_URL: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`,
    IDENTITY_KEY: "an identity key of at least 32 characters",
    MEDIA_STORE: pathToFileURL(join(folder, "media")).href,
    RECORDS_STORE: pathToFileURL(join(folder, "records")).href,
    CACHE_FOLDER: join(folder, "cache"),
    ADMINISTRATORS: "",
    PORT: "0",
  };

  return {
    folder,
    issuer,
    environment,
    async headers(claims?: Record<string, unknown>) {
      return {
        "x-goog-iap-jwt-assertion": await issuer.sign(claims),
        "x-requested-with": "XMLHttpRequest",
      };
    },
    start(parameters: readonly string[], changed: Record<string, string | undefined> = {}): AppProcess {
      const given = Object.entries({ PATH: process.env["PATH"], ...environment, ...changed });
      const child = spawn(process.execPath, [program, ...parameters], {
        env: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
        stdio: ["ignore", "pipe", "pipe"],
      });
      children.push(child);
      return follow(child);
    },
  };
}

function follow(child: ChildProcess): AppProcess {
  const lines: Record<string, unknown>[] = [];
  const origin = Promise.withResolvers<string>();
  origin.promise.catch(() => {});
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (line) => {
      const fields = line.startsWith("{") ? JSON.parse(line) : { message: line };
      lines.push(fields);
      const found = /listening at (\S+)$/.exec(String(fields.message))?.[1];
      if (found !== undefined) origin.resolve(found);
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
