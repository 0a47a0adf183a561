/**
 * `npm run rehearse [-- ENVIRONMENT]`: deploys the whole unit on this machine, with real Terraform and the real provider
 * against the stand-ins, uses it as a person would, changes it, breaks it and leaves it. Exit code 0: all steps passed;
 * 1: one failed; 2: it was called wrongly; 3: Terraform or its provider is not to be had.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handmadeChannels, readFacts } from "./facts.ts";
import { leave } from "./leaving.ts";
import { openPlatform } from "./platform.ts";
import { formatStep, isPassed, type RehearsalReport, type StepReport, writePage } from "./report.ts";
import { owner, person, Stage } from "./stage.ts";
import { type Step, steps } from "./steps.ts";
import { missingForTerraform } from "./terraform.ts";
import { WorkingCopy } from "./working-copy.ts";

const words = process.argv.slice(2);
const environment = words.find((word) => !word.startsWith("--")) ?? "dev";
const isKept = words.includes("--keep");

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

async function rehearse(folder: string): Promise<RehearsalReport> {
  const copy = new WorkingCopy(join(folder, "copy"));
  const firstCommit = copy.commit("Begin");
  const outdir = join(folder, "state", "cdktf.out");
  copy.synthesise(outdir);
  const facts = readFacts(outdir, environment);
  console.log(`Rehearsing ${environment} (${facts.project.projectId}, https://${facts.domain}) in ${folder}`);
  const platform = await openPlatform({
    project: facts.project,
    owner,
    folder: join(folder, "cloud"),
    // Whoever the example's group is meant for.
    groupsOf: (email) => (email === person ? ["group:photos@example.com"] : []),
  });
  for (const name of handmadeChannels(outdir, facts)) {
    const body = { name, type: "pagerduty", displayName: "Made by hand", labels: { service_key: "hidden" } };
    const collection = "monitoring.projects.notificationChannels";
    platform.world.state.put({ api: "monitoring", collection, name, body });
  }
  const reports: StepReport[] = [];
  const left: string[] = [];
  let types: readonly string[] = [];
  try {
    const stage = new Stage(facts, platform, copy, outdir, firstCommit);
    for (const step of steps) {
      const report = await runStep(step, stage);
      reports.push(report);
      if (report.outcome === "failed") break;
    }
    if (reports.every(({ outcome }) => outcome === "passed")) {
      types = await stage.typesInState();
      reports.push(
        await runStep(
          { title: "Leaving: retire, destroy, and what stays", run: (on) => leave(on, left) },
          stage,
        ),
      );
    }
  } finally {
    await platform.close();
  }
  return { environment, version: firstCommit.slice(0, 12), steps: reports, types, left };
}

const unknown = words.filter((word) => word.startsWith("--") && word !== "--keep");
if (unknown.length > 0) {
  console.error(`'${unknown.join("', '")}' is not an option of the rehearsal: it has --keep.`);
  process.exit(2);
}
const missing = missingForTerraform();
if (missing !== undefined) {
  console.error(missing);
  process.exit(3);
}
// Sockets lie below it, and their paths must be short.
const folder = mkdtempSync(join(tmpdir(), "rehearsal-"));
try {
  const report = await rehearse(folder);
  const reports = join(import.meta.dirname, "../../dist");
  mkdirSync(reports, { recursive: true });
  const page = join(reports, `rehearsal-${environment}.html`);
  await writePage(page, report);
  const seconds = report.steps.reduce((sum, step) => sum + step.seconds, 0);
  console.log(`${isPassed(report) ? "Passed" : "Failed"} in ${seconds.toFixed(0)} s. Report: ${page}`);
  process.exitCode = isPassed(report) ? 0 : 1;
} finally {
  if (!isKept) rmSync(folder, { recursive: true, force: true });
}
