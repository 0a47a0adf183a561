import Fastify from "fastify";
import type { FastifyBaseLogger } from "fastify";
import { openAdapters } from "../adapters.ts";
import type { Adapters } from "../adapters.ts";
import type { Config } from "../config.ts";
import { logOptions } from "../telemetry/log.ts";
import { createProcessingQueue } from "../photos/processing-queue.ts";
import { createHeicDecoder } from "../pictures/heic-decoder.ts";
import { createPictures } from "../pictures/pictures.ts";
import { openUploadSessions } from "../uploads/open-upload-sessions.ts";
import { checkStores } from "./check-stores.ts";
import { purge } from "./purge.ts";
import { sweep } from "./sweep.ts";

/** One kind of upkeep, harmless to repeat and to run beside everything else. */
export interface MaintenanceTask {
  readonly name: string;
  /** @returns figures for the log */
  readonly run: (ground: MaintenanceGround) => Promise<Readonly<Record<string, number>>>;
}

export interface MaintenanceGround extends Adapters {
  readonly config: Config;
  readonly log: FastifyBaseLogger;
  /** The app's program file, for the child process that decodes HEIC. */
  readonly program: string;
}

/** In this order. A task that fails does not keep the next ones from running. */
const tasks: readonly MaintenanceTask[] = [
  { name: "check-stores", run: checkStores },
  {
    name: "remove-leftovers",
    run: async ({ removeLeftovers }) => ({ removed_files: await removeLeftovers() }),
  },
  { name: "sweep", run: runSweep },
  { name: "purge", run: purge },
];

function runSweep(ground: MaintenanceGround): Promise<Readonly<Record<string, number>>> {
  const { config, uploads, log } = ground;
  return sweep({
    ...ground,
    ...openUploadSessions(config, uploads),
    publicOrigin: config.publicOrigin,
    processing: createProcessingQueue(uploads),
    pictures: createPictures({ heic: createHeicDecoder({ program: ground.program }), decodeBytes: Infinity }),
    reportLeftover: (error, objectName) => log.warn({ err: error, objectName }, "object left behind"),
    reportFault: (error, objectName) => log.warn({ err: error, objectName }, "could not be swept this time"),
  });
}

/** The tasks that can be named. */
export const taskNames: readonly string[] = tasks.map(({ name }) => name);

/**
 * Runs the named task, or every one once.
 *
 * @returns the process's exit code: 0, or 1 when a task failed
 */
export async function runMaintenance(config: Config, program: string, only?: string): Promise<number> {
  // The logger of the framework, without its server: one way of writing lines in all roles.
  const { projectId, version } = config;
  const { log } = Fastify({ logger: logOptions({ role: "maintenance", projectId, version }) });
  const adapters = await openAdapters(config, "maintenance");
  const ground = { ...adapters, config, log, program };
  let failures = 0;
  for (const { name, run } of tasks) {
    if (only !== undefined && only !== name) continue;
    const startedAt = performance.now();
    try {
      const figures = await run(ground);
      log.info({ task: name, seconds: (performance.now() - startedAt) / 1000, ...figures }, `${name} done`);
    } catch (error) {
      failures += 1;
      log.error({ task: name, err: error }, `${name} failed`);
    }
  }
  await adapters.close();
  return failures === 0 ? 0 : 1;
}
