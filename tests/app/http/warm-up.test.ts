import Fastify from "fastify";
import { expect, test, vi } from "vitest";
import { warmUp } from "../../../app/http/warm-up.ts";

async function serverThatWarms(load: readonly (() => Promise<void>)[]) {
  const lines: string[] = [];
  const server = Fastify({
    logger: { level: "error", stream: { write: (line: string) => void lines.push(line) } },
  });
  server.get("/health/ready", () => "ready");
  warmUp(server, load);
  await server.ready();
  return { server, lines };
}

const broken = () => Promise.reject(new Error("no such library"));

test("nothing is loaded before the first answer, and everything once after it", async () => {
  const load = vi.fn<() => Promise<void>>(async () => undefined);
  const { server } = await serverThatWarms([load]);
  await new Promise(setImmediate);
  expect(load).not.toHaveBeenCalled();
  await server.inject("/health/ready");
  await server.inject("/health/ready");
  await expect.poll(() => load.mock.calls.length).toBe(1);
  await server.close();
});

test("what cannot be loaded is logged, and the rest is loaded all the same", async () => {
  const load = vi.fn<() => Promise<void>>(async () => undefined);
  const { server, lines } = await serverThatWarms([broken, load]);
  await server.inject("/health/ready");
  await expect.poll(() => load.mock.calls.length).toBe(1);
  expect(lines.join("")).toContain("no such library");
  await server.close();
});
