import { join } from "node:path";
import { isDeclared, type Rewrite } from "./declaration.ts";
import { demand, forRedis } from "./requirements.ts";
import { type Facts, handmadeChannels, readFacts } from "./facts.ts";
import { openPlatform, type Platform } from "./platform.ts";
import { formatStep, type RehearsalReport, type StepReport } from "./report.ts";
import { colleague, owner, person, Stage } from "./stage.ts";
import type { Step } from "./steps/step.ts";
import { WorkingCopy } from "./working-copy.ts";

export interface RehearsalParts {
  readonly environment: string;
  /** Does not exist yet, or is empty. Sockets lie below it: a short path. */
  readonly folder: string;
  readonly steps: readonly Step[];
  readonly rewrite?: Rewrite;
}

/** What came of the steps; whoever called knows the rest of the report. */
export type RehearsalResult = Omit<RehearsalReport, "environment" | "hasTerraform" | "mistake">;

async function runStep(step: Step, stage: Stage): Promise<StepReport> {
  const began = performance.now();
  const done = (outcome: StepReport["outcome"], said: string): StepReport => {
    const report = { title: step.title, outcome, seconds: (performance.now() - began) / 1000, said };
    console.log(formatStep(report));
    return report;
  };
  try {
    return done("passed", await step.run(stage));
  } catch (error) {
    return done("failed", error instanceof Error ? error.message : String(error));
  }
}

function notReached({ title }: Step): StepReport {
  return { title, outcome: "skipped", seconds: 0, said: "" };
}

/** What people made by hand before the first deploy. */
function makeByHand(platform: Platform, outdir: string, facts: Facts): void {
  for (const name of handmadeChannels(outdir, facts)) {
    const body = { name, type: "pagerduty", displayName: "Made by hand", labels: { service_key: "hidden" } };
    const collection = "monitoring.projects.notificationChannels";
    platform.world.state.put({ api: "monitoring", collection, name, body });
  }
}

/**
 * Runs the steps one after the other, until one fails.
 *
 * @throws CannotBegin where the environment is unknown, or declares what this machine has no server for
 */
export async function rehearse({
  environment,
  folder,
  steps,
  rewrite,
}: RehearsalParts): Promise<RehearsalResult> {
  const copy = new WorkingCopy(join(folder, "copy"));
  const firstCommit = copy.commit("Begin");
  const outdir = join(folder, "state", "cdktf.out");
  await copy.synthesise(outdir);
  const facts = readFacts(outdir, environment);
  if (isDeclared(outdir, environment, "google_redis_instance")) demand(forRedis);
  console.log(`Rehearsing ${environment} (${facts.project.projectId}, https://${facts.domain}) in ${folder}`);
  const platform = await openPlatform({
    project: facts.project,
    owner,
    folder: join(folder, "cloud"),
    // Whoever the example's group is meant for.
    groupsOf: (email) => ([person, colleague].includes(email) ? ["group:photos@example.com"] : []),
  });
  try {
    makeByHand(platform, outdir, facts);
    const changes = rewrite === undefined ? {} : { rewrite };
    const stage = new Stage({ facts, platform, copy, outdir, firstCommit, ...changes });
    if (rewrite !== undefined) stage.rewriteWith(rewrite);
    const reports: StepReport[] = [];
    for (const step of steps) {
      const isReached = reports.every(({ outcome }) => outcome === "passed");
      reports.push(isReached ? await runStep(step, stage) : notReached(step));
    }
    const { types, left, looks } = stage;
    return { version: firstCommit.slice(0, 12), steps: reports, looks, types, left };
  } finally {
    await platform.close();
  }
}
