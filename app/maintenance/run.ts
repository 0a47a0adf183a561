import Fastify from "fastify";
import { openStores } from "../adapters.ts";
import type { Stores } from "../adapters.ts";
import type { Config } from "../config.ts";
import { logOptions } from "../telemetry/log.ts";
import { checkStores } from "./check-stores.ts";

/** One kind of upkeep, harmless to repeat and to run beside everything else. */
export interface MaintenanceTask {
  readonly name: string;
  /** @returns figures for the log */
  readonly run: (stores: Stores) => Promise<Readonly<Record<string, number>>>;
}

/** In this order. A task that fails does not keep the next ones from running. */
const tasks: readonly MaintenanceTask[] = [
  { name: "check-stores", run: checkStores },
  {
    name: "remove-leftovers",
    run: async ({ removeLeftovers }) => ({ removed_files: await removeLeftovers() }),
  },
];

/** Runs every task once. @returns the process's exit code: 0, or 1 when a task failed */
export async function runMaintenance(config: Config): Promise<number> {
  // The logger of the framework, without its server: one way of writing lines in all roles.
  const { projectId, version } = config;
  const { log } = Fastify({ logger: logOptions({ role: "maintenance", projectId, version }) });
  const stores = await openStores(config);
  let failures = 0;
  for (const { name, run } of tasks) {
    const startedAt = performance.now();
    try {
      const figures = await run(stores);
      log.info({ task: name, seconds: (performance.now() - startedAt) / 1000, ...figures }, `${name} done`);
    } catch (error) {
      failures += 1;
      log.error({ task: name, err: error }, `${name} failed`);
    }
  }
  return failures === 0 ? 0 : 1;
}
