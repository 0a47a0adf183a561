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
import { type PersonalUpkeep, walkOverEveryone } from "./everyone.ts";
import { keepingUp } from "./keep-up.ts";
import { publishing } from "./publish.ts";
import { purging } from "./purge.ts";
import { reconcile } from "./reconcile.ts";
import { redacting } from "./redact.ts";
import { rederive } from "./rederive.ts";
import { formatReport, leftBy, type TaskReport } from "./report.ts";
import { sweep } from "./sweep.ts";
import { TaskRecord } from "./task-record.ts";
import type { Figures, Upkeep } from "./upkeep.ts";
import { createWalkPosition } from "./walk-position.ts";

/** One kind of upkeep, harmless to repeat and to run beside everything else. */
export type MaintenanceTask = NamedTask & (WholeTask | PersonalTask);

interface NamedTask {
  readonly name: string;
  /** Not part of a run of all. @default false */
  readonly isOnlyByName?: boolean;
}

interface WholeTask {
  /** @returns figures for the log */
  readonly run: (ground: MaintenanceGround) => Promise<Figures>;
}

/** Done for one person after the other: those that stand together go over people in one walk. */
interface PersonalTask {
  readonly upkeep: (ground: MaintenanceGround) => PersonalUpkeep;
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
    run: async ({ removeLeftovers, isDryRun = false }) => ({
      removed_files: await removeLeftovers({ isDryRun }),
    }),
  },
  { name: "sweep", run: runSweep },
  { name: "purge", upkeep: purging },
  { name: "redact", upkeep: redacting },
  { name: "publish", upkeep: (ground) => publishing({ ...ground, published: ground.topics?.published }) },
  { name: "keep-up", upkeep: keepingUp },
  {
    name: "delete-closed",
    run: (ground) =>
      deleteClosed({
        ...ground,
        published: ground.topics?.published,
        keptDays: ground.config.deletedKeptDays,
      }),
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
  const adapters = await openAdapters(config, "maintenance", () => log);
  const edge = edgeCacheOf(config);
  const ground = { ...adapters, config, log, edge, program, isDryRun };
  const reports: TaskReport[] = [];
  const personal: (NamedTask & PersonalTask)[] = [];
  const walk = async () => void reports.push(...(await walkWith(personal.splice(0), ground)));
  for (const task of tasks) {
    const { name, isOnlyByName = false } = task;
    if (only === undefined ? isOnlyByName : only !== name) continue;
    if ("upkeep" in task) {
      personal.push(task);
      continue;
    }
    await walk();
    reports.push(await runTask(task, ground));
  }
  await walk();
  await adapters.close();
  if (form !== undefined) await write(formatReport(reports, form));
  return reports.every(({ failure }) => failure === undefined) ? 0 : 1;
}

async function runTask({ name, run }: NamedTask & WholeTask, ground: MaintenanceGround): Promise<TaskReport> {
  const record = new TaskRecord(name, ground);
  const begin = performance.now();
  const outcome = await run({ ...ground, ...record.told }).then(
    (figures) => ({ figures, fault: undefined }),
    (fault: unknown) => ({ figures: {}, fault }),
  );
  return record.end((performance.now() - begin) / 1000, outcome.figures, outcome.fault);
}

/** Each as if it had walked by itself, in its time, its figures and its failure. */
async function walkWith(
  these: readonly (NamedTask & PersonalTask)[],
  ground: MaintenanceGround,
): Promise<readonly TaskReport[]> {
  if (these.length === 0) return [];
  const records = these.map(({ name }) => new TaskRecord(name, ground));
  const upkeeps = these.map(({ upkeep }, index) => upkeep({ ...ground, ...records[index]?.told }));
  const seconds = new Map<PersonalUpkeep, number>();
  const onTurn = (upkeep: PersonalUpkeep, took: number) =>
    void seconds.set(upkeep, (seconds.get(upkeep) ?? 0) + took);
  const names = these.map(({ name }) => name);
  const position = ground.isDryRun === true ? undefined : createWalkPosition(ground.uploads, names, ground);
  const onUnread = (userId: string, fault: unknown) =>
    records[0]?.told.note({ kind: "unread-catalog", subject: userId, userId, ...leftBy(fault) });
  const walking = walkOverEveryone(ground, upkeeps, { position, onTurn, onUnread });
  const faults = await walking.catch((fault: unknown) =>
    // Nobody's turn could come: the list of people could not be read.
    upkeeps.map(() => fault),
  );
  return records.map((record, index) => {
    const upkeep = upkeeps[index];
    const took = upkeep === undefined ? 0 : (seconds.get(upkeep) ?? 0);
    return record.end(took, upkeep?.figures ?? {}, faults[index]);
  });
}

function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
