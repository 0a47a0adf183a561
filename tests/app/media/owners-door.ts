import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { text } from "node:stream/consumers";
import type { StandIn } from "../../../local/google-apis/stand-in.ts";
import { dev } from "../../local/google-apis/caller.ts";

/** A status; a connection that ends; or the refusal of Compute for the number of requests. */
export type Fault = number | "reset" | "rate";

export interface OwnersDoor {
  readonly origin: string;
  /** What was asked, in order. */
  readonly answered: { readonly url: URL; readonly body: string }[];
  /** One for each of the next requests. */
  failNext(...faults: readonly Fault[]): void;
  /** One for each of the next requests, instead of the stand-in's. */
  answerNext(...bodies: readonly object[]): void;
  /** Asks for one invalidation. @returns the status */
  invalidate(urlMap: string, path: string): Promise<number>;
  close(): Promise<void>;
}

/** A way to the stand-in for who has no token: as the project's owner. */
export async function openOwnersDoor(standIn: StandIn): Promise<OwnersDoor> {
  const answered: { url: URL; body: string }[] = [];
  const next: ({ readonly fault: Fault } | { readonly body: object })[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const url = new URL(request.url ?? "/", standIn.origin);
    answered.push({ url, body });
    const planned = next.shift();
    if (planned !== undefined && "body" in planned) return void response.end(JSON.stringify(planned.body));
    if (planned?.fault === "reset") return void request.socket.destroy();
    if (planned !== undefined) {
      const isRate = planned.fault === "rate";
      response.writeHead(planned.fault === "rate" ? 403 : planned.fault);
      const errors = [{ reason: isRate ? "rateLimitExceeded" : "planned" }];
      return void response.end(JSON.stringify({ error: { errors } }));
    }
    const reply = await fetch(url, {
      method: request.method ?? "GET",
      headers: { authorization: `Bearer ${standIn.ownerToken}`, "content-type": "application/json" },
      ...(body !== "" && { body }),
    });
    response.writeHead(reply.status, { "content-type": "application/json" }).end(await reply.text());
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(new Error(String(error))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return {
    origin,
    answered,
    failNext: (...faults) => void next.push(...faults.map((fault) => ({ fault }))),
    answerNext: (...bodies) => void next.push(...bodies.map((body) => ({ body }))),
    async invalidate(urlMap, path) {
      const url = `${origin}/compute/v1/projects/${dev.projectId}/global/urlMaps/${urlMap}/invalidateCache`;
      const reply = await fetch(url, { method: "POST", body: JSON.stringify({ path }) });
      await reply.body?.cancel();
      return reply.status;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
