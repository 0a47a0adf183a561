import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { RedisServer, type RedisServerOptions, hasRedisServer } from "../../../local/redis/redis-server.ts";

const isInstalled = hasRedisServer();

/** Without the server its tests are left out on somebody's machine, and fail in CI. */
export const mayRunRedis = isInstalled || process.env["CI"] === "true";
export const needsRedis = isInstalled ? "" : " (needs redis-server: apt install redis-server)";

/** Gone after the test. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = await RedisServer.start(options);
  onTestFinished(() => server.close());
  return server;
}

/** Waits for something that happens by itself. */
export async function until(isSo: () => boolean, milliseconds = 15_000): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`not within ${milliseconds} ms: ${isSo.toString()}`);
    await pause(5);
  }
}
