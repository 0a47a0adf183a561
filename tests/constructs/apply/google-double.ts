import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A request that a program made. */
export interface ReceivedRequest {
  readonly line: string;
  readonly token: string | undefined;
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
}

export interface GoogleDouble {
  /** What redirects a program to here. */
  readonly variables: Readonly<Record<string, string>>;
  readonly address: string;
  readonly requests: ReceivedRequest[];
  close(): Promise<void>;
}

/** A server of one test that answers as the test says; what it is not told of is Google's 404. */
export async function startGoogleDouble(
  answer: (line: string, body: unknown) => Answer | undefined,
): Promise<GoogleDouble> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      const line = `${request.method} ${request.url}`;
      const body: unknown = text.startsWith("{") ? JSON.parse(text) : text;
      requests.push({ line, token: request.headers.authorization, body });
      const { status = 200, body: reply = {} } = answer(line, body) ?? {
        status: 404,
        body: { error: { code: 404, message: `Not found: ${line}` } },
      };
      response.writeHead(status, { "content-type": "application/json" });
      response.end(typeof reply === "string" ? reply : JSON.stringify(reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    requests,
    variables: {
      GOOGLE_OAUTH_ACCESS_TOKEN: "a-token",
      GOOGLE_COMPUTE_CUSTOM_ENDPOINT: `${address}/compute/v1/`,
      GOOGLE_REDIS_CUSTOM_ENDPOINT: `${address}/v1/`,
      GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT: `${address}/v1/`,
      GOOGLE_SERVICE_USAGE_CUSTOM_ENDPOINT: `${address}/v1/`,
      GOOGLE_STORAGE_CUSTOM_ENDPOINT: `${address}/storage/v1/`,
      GOOGLE_STORAGE_TRANSFER_CUSTOM_ENDPOINT: `${address}/v1`,
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program as Terraform would: a process of its own, told by its environment only. */
export function runApplyProgram(
  program: string,
  variables: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const file = join(import.meta.dirname, "../../../constructs/apply", `${program}.mts`);
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [file],
      { env: { HOME: "/nowhere", ...variables } },
      (error, stdout, stderr) => {
        resolve({
          code: error === null ? 0 : Number(error.code),
          stdout: stdout.trim(),
          stderr: stderr.trim(),
        });
      },
    );
  });
}
