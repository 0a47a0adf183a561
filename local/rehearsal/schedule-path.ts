import { objectAt, textAt } from "../google-apis/engine/json.ts";
import { behind } from "./behind.ts";
import type { Attempt } from "./declared-schedules.ts";
import { passEverySchedule } from "./every-schedule.ts";
import type { Stage } from "./stage.ts";

/** As long as a run may take here. */
const patienceSeconds = 120;

function timeOfDay(at: Date): string {
  return `${at.toISOString().slice(11, 16)} UTC`;
}

/** Waits for what a schedule started. @throws Error where it was not started, or did not run to its end */
async function runToEnd(stage: Stage, { job, at, fault, reply }: Attempt): Promise<string> {
  const { platform } = stage;
  const id = job.split("/").at(-1) ?? "";
  if (fault !== undefined) throw new Error(`${id} was due at ${timeOfDay(at)}: ${fault}\n${behind(stage)}`);
  const operation = textAt(reply, "name");
  const done = await platform.world.operations.wait("run", operation, patienceSeconds);
  const error = objectAt(done, "error");
  if (done["done"] !== true || textAt(error, "message") !== "") {
    const why = textAt(error, "message") || `it is not done after ${patienceSeconds} s`;
    throw new Error(
      `what ${id} started at ${timeOfDay(at)} did not run to its end: ${why}\n${behind(stage)}`,
    );
  }
  return `${id} at ${timeOfDay(at)}`;
}

/**
 * Lets the time of every declared schedule come: each sends its request by itself, as its own account, and what it
 * starts runs to its end.
 */
export async function walkSchedules(stage: Stage): Promise<string> {
  const { schedules, world } = stage.platform;
  const jobs = world.state.all({ collection: "cloudscheduler.projects.locations.jobs" });
  if (jobs.length === 0) throw new Error("nothing is scheduled: maintenance never runs");
  const ran: string[] = [];
  await passEverySchedule(schedules, jobs, async (attempts) => {
    ran.push(...(await Promise.all(attempts.map((attempt) => runToEnd(stage, attempt)))));
  });
  const accounts = jobs.map(({ body }) => textAt(body, "httpTarget.oauthToken.serviceAccountEmail"));
  return `by the clock, each to its end: ${ran.join(", ")}; asked by ${[...new Set(accounts)].join(", ")}`;
}
