import { readFileSync } from "node:fs";
import Fastify from "fastify";

/**
 * The reference: Fastify as it comes, without a log, answering GET requests from a file of `{path: text}`;
 * what is JSON is serialised anew for each reply.
 */
const bodies: Readonly<Record<string, string>> = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
const server = Fastify();
for (const [path, text] of Object.entries(bodies)) {
  const body: unknown = text.startsWith("{") ? JSON.parse(text) : text;
  server.get(path, async () => body);
}
process.stdout.write(`listening at ${await server.listen({ port: 0, host: "127.0.0.1" })}\n`);
