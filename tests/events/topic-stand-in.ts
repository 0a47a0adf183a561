import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Published {
  readonly topic: string;
  readonly orderingKey: string | undefined;
  readonly attributes: Readonly<Record<string, string>> | undefined;
  readonly data: unknown;
}

interface Request {
  readonly messages: readonly {
    readonly data?: string;
    readonly orderingKey?: string;
    readonly attributes?: Readonly<Record<string, string>>;
  }[];
}

/** Takes what is published, or refuses while told so. */
export async function startTopicStandIn() {
  const published: Published[] = [];
  let refusal: number | undefined;
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const topic = /^\/v1\/(projects\/[^/]+\/topics\/[^/:]+):publish$/.exec(request.url ?? "")?.[1];
      if (topic === undefined || refusal !== undefined) {
        reply.writeHead(refusal ?? 404).end('{"error":{"message":"no such topic"}}');
        return;
      }
      const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as Request;
      for (const { data, orderingKey, attributes } of messages) {
        const text = data === undefined ? undefined : Buffer.from(data, "base64").toString();
        published.push({
          topic,
          orderingKey,
          attributes,
          data: text === undefined ? undefined : JSON.parse(text),
        });
      }
      reply.end(JSON.stringify({ messageIds: messages.map((_, index) => String(index)) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    published,
    refuse: (status: number | undefined) => {
      refusal = status;
    },
  };
}
