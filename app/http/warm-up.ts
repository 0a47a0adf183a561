import type { FastifyInstance } from "fastify";

/**
 * Loads what takes long once the first request is answered, which is the platform's startup probe: an instance is
 * ready early, and the first person finds everything loaded. What cannot be loaded is logged, and tried again by
 * whoever needs it.
 */
export function warmUp(server: FastifyInstance, load: readonly (() => Promise<unknown>)[]): void {
  let isBegun = false;
  server.addHook("onResponse", async () => {
    if (isBegun) return;
    isBegun = true;
    setImmediate(() => void loadAll());
  });

  async function loadAll(): Promise<void> {
    for (const one of load) {
      try {
        await one();
      } catch (error) {
        server.log.error({ err: error }, "a part of the service could not be loaded ahead of its use");
      }
    }
  }
}
