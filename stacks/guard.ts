/**
 * `npm run guard -- PLAN.json [--environment NAME]`: names what a plan would destroy or replace, what holds data
 * first. PLAN.json is what `terraform show -json` prints. The environment is the one whose project the plan's
 * provider names, unless told.
 *
 * Exit code: 0 when nothing is destroyed, or all of it is acknowledged in environments/acknowledged-changes.ts;
 * 1 when something is not; 2 when nothing can be said, for the plan is not readable or failed.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { acknowledgedChanges } from "../environments/acknowledged-changes.ts";
import { environments, type Environment } from "../environments/index.ts";
import { judge } from "./guard/acknowledgement.ts";
import { findDestructiveChanges } from "./guard/destructive-change.ts";
import { readPlan } from "./guard/plan.ts";
import { report } from "./guard/report.ts";

function findEnvironment(name: string | undefined, projectId: string | undefined): Environment | undefined {
  const all: readonly Environment[] = Object.values(environments);
  if (name === undefined) return all.find(({ project }) => project.id === projectId);
  const named = all.find((environment) => environment.name === name);
  if (named !== undefined) return named;
  throw new Error(`Unknown environment '${name}': use one of ${all.map((one) => one.name).join(", ")}`);
}

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { environment: { type: "string" } },
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) {
    throw new Error(
      "Which plan? Write npm run guard -- PLAN.json, made by 'terraform show -json PLAN > PLAN.json'",
    );
  }
  const plan = readPlan(readFileSync(file, "utf8"));
  const environment = findEnvironment(values.environment, plan.projectId);
  const today = new Date().toISOString().slice(0, 10);
  const changes = judge(findDestructiveChanges(plan), acknowledgedChanges, environment, today);
  console.log(report(changes, environment?.name));
  process.exitCode = changes.every(({ acknowledged }) => acknowledged !== undefined) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
