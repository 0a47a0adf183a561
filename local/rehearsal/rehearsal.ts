import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Course, Walk } from "./course.ts";
import { isDeclared, type Rewrite } from "./declaration.ts";
import { demand, forRedis } from "./requirements.ts";
import { type Facts, handmadeChannels, readFacts } from "./facts.ts";
import { openPlatform, type Platform } from "./platform.ts";
import { type Registry, startRegistry } from "./registry.ts";
import type { RehearsalReport } from "./report.ts";
import { groupsOf, owner, Stage } from "./stage.ts";
import { WorkingCopy } from "./working-copy.ts";

export interface RehearsalParts {
  readonly environment: string;
  /** Does not exist yet, or is empty. Sockets lie below it: a short path. */
  readonly folder: string;
  readonly course: Course;
  /** What goes on meanwhile in another empty project, with a copy, a state and stand-ins of its own. @default nothing */
  readonly aside?: Course;
  readonly rewrite?: Rewrite;
}

/** What came of the steps; whoever called knows the rest of the report. */
export type RehearsalResult = Omit<RehearsalReport, "environment" | "hasTerraform" | "mistake">;

/** What people made by hand before the first deploy. */
function makeByHand(platform: Platform, outdir: string, facts: Facts): void {
  for (const name of handmadeChannels(outdir, facts)) {
    const body = { name, type: "pagerduty", displayName: "Made by hand", labels: { service_key: "hidden" } };
    const collection = "monitoring.projects.notificationChannels";
    platform.world.state.put({ api: "monitoring", collection, name, body });
  }
}

/** What this process and its children that ended took of the processors; undefined where the system does not say. */
function processorSeconds(): number | undefined {
  if (process.platform !== "linux") return undefined;
  // The name in parentheses may hold anything. Times are hundredths of a second: man 5 proc.
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) / 100, 0);
}

interface StageOptions {
  readonly environment: string;
  readonly folder: string;
  readonly shared: { readonly registry: Registry; readonly imagesFolder: string };
  readonly rewrite: Rewrite | undefined;
  /** What was synthesised of the same checkout. @default it is synthesised here */
  readonly synthesised?: string;
}

/** A copy of this checkout, synthesised, before an empty project. */
async function openStage(options: StageOptions): Promise<Stage> {
  const { environment, folder, shared, rewrite, synthesised } = options;
  const copy = new WorkingCopy(join(folder, "copy"));
  const firstCommit = copy.commit("Begin");
  const outdir = join(folder, "state", "cdktf.out");
  if (synthesised === undefined) await copy.synthesise(outdir);
  else cpSync(synthesised, outdir, { recursive: true });
  const facts = readFacts(outdir, environment);
  if (isDeclared(outdir, environment, "google_redis_instance")) demand(forRedis);
  const platform = await openPlatform({
    project: facts.project,
    owner,
    folder: join(folder, "cloud"),
    groupsOf,
    shared,
  });
  makeByHand(platform, outdir, facts);
  const changes = rewrite === undefined ? {} : { rewrite };
  const stage = new Stage({ facts, platform, copy, outdir, firstCommit, ...changes });
  // What was synthesised before is rewritten already.
  if (rewrite !== undefined && synthesised === undefined) stage.rewriteWith(rewrite);
  return stage;
}

/** Walks the courses until they end or a step fails. @throws CannotBegin where the environment is unknown */
export async function rehearse({
  environment,
  folder,
  course,
  aside = [],
  rewrite,
}: RehearsalParts): Promise<RehearsalResult> {
  const began = performance.now();
  const registry = await startRegistry(join(folder, "registry"));
  const shared = { registry, imagesFolder: join(folder, "images") };
  const stages: Stage[] = [];
  const open = async (name: string, more: Partial<StageOptions> = {}): Promise<Stage> => {
    const stage = await openStage({ environment, folder: join(folder, name), shared, rewrite, ...more });
    stages.push(stage);
    return stage;
  };
  try {
    const walk = new Walk();
    const main = await open("main");
    // Before anything is applied in the first one's folder.
    const second = aside.length === 0 ? undefined : await open("aside", { synthesised: main.outdir });
    const { facts, firstCommit } = main;
    console.log(
      `Rehearsing ${environment} (${facts.project.projectId}, https://${facts.domain}) in ${folder}`,
    );
    const reports = await Promise.all([
      walk.walk(course, main),
      second === undefined ? [] : walk.walk(aside, second),
    ]);
    const { types, left, looks } = main;
    const seconds = (performance.now() - began) / 1000;
    const processor = processorSeconds();
    return {
      version: firstCommit.slice(0, 12),
      steps: reports.flat(),
      seconds,
      ...(processor === undefined ? {} : { processorSeconds: processor }),
      looks,
      types,
      left,
    };
  } finally {
    for (const { platform } of stages) await platform.close();
    await registry.close();
  }
}
