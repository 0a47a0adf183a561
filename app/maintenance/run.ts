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
import { describeDifference } from "./differences.ts";
import { checkStores } from "./check-stores.ts";
import type { MaintenanceRequest } from "./maintenance-arguments.ts";
import { purge } from "./purge.ts";
import { reconcile } from "./reconcile.ts";
import { rederive } from "./rederive.ts";
import { sweep } from "./sweep.ts";
import { everySeconds, type Figures, type Upkeep } from "./upkeep.ts";

/** One kind of upkeep, harmless to repeat and to run beside everything else. */
export interface MaintenanceTask {
  readonly name: string;
  /** Not part of a run of all. @default false */
  readonly isOnlyByName?: boolean;
  /** Cannot say beforehand what it would do, and is left out of a dry run. @default false */
  readonly hasNoDryRun?: boolean;
  /** @returns figures for the log */
  readonly run: (ground: MaintenanceGround) => Promise<Figures>;
}

export interface MaintenanceGround extends Adapters, Upkeep {
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
    hasNoDryRun: true,
    run: async ({ removeLeftovers }) => ({ removed_files: await removeLeftovers() }),
  },
  { name: "sweep", run: runSweep },
  { name: "purge", run: purge },
  { name: "reconcile", isOnlyByName: true, run: runReconcile },
  { name: "rederive", isOnlyByName: true, run: runRederive },
];

function runSweep(ground: MaintenanceGround): Promise<Figures> {
  const { config, uploads, log } = ground;
  return sweep({
    ...ground,
    ...openUploadSessions(config, uploads),
    publicOrigin: config.publicOrigin,
    processing: createProcessingQueue(uploads),
    pictures: picturesOf(ground),
    reportLeftover: (error, objectName) => log.warn({ err: error, objectName }, "object left behind"),
    reportFault: (error, objectName) => log.warn({ err: error, objectName }, "could not be swept this time"),
  });
}

function runReconcile(ground: MaintenanceGround): Promise<Figures> {
  const { log } = ground;
  return reconcile({
    ...ground,
    processing: createProcessingQueue(ground.uploads),
    pictures: picturesOf(ground),
    report: (difference, userId) => log.warn(describeDifference(difference, userId), difference.kind),
    reportFault: (error, { kind }) => log.warn({ err: error }, `${kind} could not be repaired this time`),
  });
}

function runRederive(ground: MaintenanceGround): Promise<Figures> {
  return rederive({
    ...ground,
    pictures: picturesOf(ground),
    reportFault: (error, photoId) => ground.log.warn({ err: error, photoId }, "keeps the pictures it has"),
  });
}

function picturesOf({ program }: MaintenanceGround) {
  return createPictures({ heic: createHeicDecoder({ program }), decodeBytes: Infinity });
}

/** The tasks that can be named. */
export const taskNames: readonly string[] = tasks.map(({ name }) => name);

const progressSeconds = 30;

/**
 * Runs the named task, or each of the usual ones once.
 *
 * @returns the process's exit code: 0, or 1 when a task failed
 */
export async function runMaintenance(
  config: Config,
  program: string,
  { task: only, isDryRun }: MaintenanceRequest,
): Promise<number> {
  // The logger of the framework, without its server: one way of writing lines in all roles.
  const { projectId, version } = config;
  const { log } = Fastify({ logger: logOptions({ role: "maintenance", projectId, version }) });
  const adapters = await openAdapters(config, "maintenance");
  let failures = 0;
  for (const { name, isOnlyByName = false, hasNoDryRun = false, run } of tasks) {
    if (only === undefined ? isOnlyByName : only !== name) continue;
    const line = { task: name, ...(isDryRun && { dry_run: true }) };
    if (isDryRun && hasNoDryRun) {
      log.info(line, `${name} has no dry run and is left out`);
      continue;
    }
    const startedAt = performance.now();
    const progress = everySeconds(progressSeconds, (figures) =>
      log.info({ ...line, ...figures }, `${name} is under way`),
    );
    try {
      const figures = await run({ ...adapters, config, log, program, isDryRun, progress });
      const seconds = (performance.now() - startedAt) / 1000;
      log.info({ ...line, seconds, ...figures }, isDryRun ? `${name} would do this` : `${name} done`);
    } catch (error) {
      failures += 1;
      log.error({ ...line, err: error }, `${name} failed`);
    }
  }
  await adapters.close();
  return failures === 0 ? 0 : 1;
}
