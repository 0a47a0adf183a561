import Fastify from "fastify";
import type { FastifyBaseLogger } from "fastify";
import { openAdapters } from "../adapters.ts";
import type { Adapters } from "../adapters.ts";
import type { Config } from "../config.ts";
import { logOptions } from "../telemetry/log.ts";
import { createProcessingQueue } from "../photos/processing-queue.ts";
import { createHeicDecoder } from "../pictures/heic-decoder.ts";
import { createPictures } from "../pictures/pictures.ts";
import { createCloudEdgeCache } from "../media/cloud-edge-cache.ts";
import { type EdgeCache, noEdgeCache } from "../media/edge-cache.ts";
import { openUploadSessions } from "../uploads/open-upload-sessions.ts";
import { checkStores } from "./check-stores.ts";
import type { MaintenanceRequest } from "./maintenance-arguments.ts";
import { deleteClosed } from "./delete-closed.ts";
import { keepUp } from "./keep-up.ts";
import { publish } from "./publish.ts";
import { purge } from "./purge.ts";
import { SomethingLostError, reconcile } from "./reconcile.ts";
import { redact } from "./redact.ts";
import { rederive } from "./rederive.ts";
import { type Finding, Findings, formatReport, type TaskReport } from "./report.ts";
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
  /** What keeps copies of the media store's objects. */
  readonly edge: EdgeCache;
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
  { name: "redact", run: redact },
  { name: "publish", run: (ground) => publish({ ...ground, published: ground.topics?.published }) },
  { name: "keep-up", hasNoDryRun: true, run: keepUp },
  {
    name: "delete-closed",
    run: (ground) => deleteClosed({ ...ground, published: ground.topics?.published }),
  },
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
  });
}

function runReconcile(ground: MaintenanceGround): Promise<Figures> {
  const processing = createProcessingQueue(ground.uploads);
  return reconcile({ ...ground, processing, pictures: picturesOf(ground) });
}

function runRederive(ground: MaintenanceGround): Promise<Figures> {
  return rederive({ ...ground, pictures: picturesOf(ground) });
}

function edgeCacheOf({ projectId, edgeUrlMap: urlMap }: Config): EdgeCache {
  return urlMap === undefined ? noEdgeCache : createCloudEdgeCache({ projectId, urlMap });
}

function picturesOf({ program }: MaintenanceGround) {
  return createPictures({ heic: createHeicDecoder({ program }) });
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
  { task: only, isDryRun, report: form }: MaintenanceRequest,
): Promise<number> {
  // The logger of the framework, without its server: one way of writing lines in all roles.
  const { projectId, version } = config;
  const destination = form === undefined ? {} : { destination: process.stderr };
  const { log } = Fastify({
    logger: logOptions({ role: "maintenance", projectId, version, ...destination }),
  });
  const adapters = await openAdapters(config, "maintenance");
  const edge = edgeCacheOf(config);
  const reports: TaskReport[] = [];
  for (const task of tasks) {
    const { name, isOnlyByName = false, hasNoDryRun = false } = task;
    if (only === undefined ? isOnlyByName : only !== name) continue;
    if (isDryRun && hasNoDryRun) {
      log.info({ task: name, dry_run: true }, `${name} has no dry run and is left out`);
      continue;
    }
    reports.push(await runTask(task, { ...adapters, config, log, edge, program, isDryRun }));
  }
  await adapters.close();
  if (form !== undefined) await write(formatReport(reports, form));
  return reports.every(({ failure }) => failure === undefined) ? 0 : 1;
}

async function runTask({ name, run }: MaintenanceTask, ground: MaintenanceGround): Promise<TaskReport> {
  const { log, isDryRun = false } = ground;
  const line = { task: name, ...(isDryRun && { dry_run: true }) };
  const startedAt = performance.now();
  const progress = everySeconds(progressSeconds, (figures) =>
    log.info({ ...line, ...figures }, `${name} is under way`),
  );
  const findings = new Findings();
  const note = (finding: Finding) => {
    findings.add(finding);
    const { kind, subject, userId, outcome, detail, error } = finding;
    const fields = { ...line, finding: kind, subject, user_id: userId, outcome, detail, err: error };
    log[outcome === "left" ? "warn" : "info"](fields, `${kind}: ${subject}`);
  };
  let figures: Figures = {};
  let failure: string | undefined;
  try {
    figures = await run({ ...ground, progress, note });
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    if (error instanceof SomethingLostError) ({ figures } = error);
    log.error({ ...line, ...figures, err: error }, `${name} failed`);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  if (failure === undefined)
    log.info({ ...line, seconds, ...figures }, isDryRun ? `${name} would do this` : `${name} done`);
  const { kept, leftOut } = findings;
  return { task: name, isDryRun, seconds, figures, findings: kept, findingsLeftOut: leftOut, failure };
}

function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
