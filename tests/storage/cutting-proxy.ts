import { once } from "node:events";
import { type Socket, connect, createServer } from "node:net";

export interface Cut {
  /** How much of the answer still arrives: 0 nothing, below 1. */
  readonly share: number;
  /** `reset`: as when a machine dies; `end`: as when a proxy closes. @default "reset" */
  readonly how?: "reset" | "end";
}

export interface CuttingProxy {
  readonly origin: string;
  /** Cuts the connections of the next requests whose method and path match, one cut each, once they are answered. */
  cut(request: RegExp, ...cuts: readonly Cut[]): void;
  /** Method and path of what the server was sent. */
  readonly sent: string[];
  /** Cuts that are still to come. */
  readonly left: () => number;
  close(): Promise<void>;
}

/**
 * Passes bytes on between a client and a server, and breaks connections when the server has answered: what it was
 * asked has been done by then. Knows of HTTP no more than where requests and answers begin and how long they are.
 */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target);
  const plans: { readonly request: RegExp; readonly cuts: Cut[] }[] = [];
  const sent: string[] = [];
  const sockets = new Set<Socket>();

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let planned: Cut | undefined;
    let answer = Buffer.alloc(0);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    }
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    client.on("data", (chunk) => {
      const line = /^((?:GET|POST|PUT|PATCH|DELETE) \S+) HTTP\/1\.1\r\n/.exec(chunk.toString("latin1"))?.[1];
      if (line !== undefined) {
        sent.push(line);
        planned = plans.find(({ request, cuts }) => cuts.length > 0 && request.test(line))?.cuts.shift();
      }
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      if (planned === undefined) return void client.write(chunk);
      answer = Buffer.concat([answer, chunk]);
      const total = lengthOf(answer);
      if (total === undefined || answer.length < total) return;
      const part = answer.subarray(0, Math.min(total - 1, Math.floor(total * planned.share)));
      const { how = "reset" } = planned;
      client.write(part, () => (how === "reset" ? client.resetAndDestroy() : client.end()));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    cut: (request, ...cuts) => plans.push({ request, cuts: [...cuts] }),
    sent,
    left: () => plans.reduce((sum, plan) => sum + plan.cuts.length, 0),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Of the whole answer; undefined until its headers are there. What states no length is taken as it comes. */
function lengthOf(answer: Buffer): number | undefined {
  const end = answer.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const stated = /\r\ncontent-length: (\d+)/i.exec(answer.subarray(0, end).toString("latin1"))?.[1];
  return stated === undefined ? answer.length : end + 4 + Number(stated);
}
