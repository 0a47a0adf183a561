import { objectAt, textAt } from "../google-apis/engine/json.ts";
import { behind } from "./behind.ts";
import type { Attempt } from "./declared-schedules.ts";
import type { Stage } from "./stage.ts";

/** As long as a run may take here. */
const patienceSeconds = 120;
const second = 1000;
/** Long enough that what is declared for every few minutes comes once more. */
const afterwards = 10 * 60 * second;

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
  return id;
}

/**
 * Turns the clock to just before the rarest schedule is due, lets it pass, and then ten minutes more: every declared
 * schedule sends its request by itself, as its own account, and what it starts runs to its end.
 */
export async function walkSchedules(stage: Stage): Promise<string> {
  const { schedules, world } = stage.platform;
  const jobs = world.state.all({ collection: "cloudscheduler.projects.locations.jobs" });
  if (jobs.length === 0) throw new Error("nothing is scheduled: maintenance never runs");
  const next = jobs.map((job) => ({ job, at: schedules.nextOf(job) }));
  const never = next.filter(({ at }) => at === undefined).map(({ job }) => job.name);
  if (never.length > 0) throw new Error(`these schedules never come: ${never.join(", ")}`);
  const last = Math.max(...next.map(({ at }) => at?.getTime() ?? 0));
  schedules.turnTo(new Date(last - second));
  const ran: string[] = [];
  for (const step of [second, afterwards]) {
    const attempts = await schedules.advance(step);
    const ids = await Promise.all(attempts.map((attempt) => runToEnd(stage, attempt)));
    ran.push(...ids.map((id, index) => `${id} at ${timeOfDay(attempts[index]?.at ?? schedules.now)}`));
  }
  const silent = jobs.filter(({ name }) => !ran.some((one) => one.startsWith(`${name.split("/").at(-1)} `)));
  if (silent.length > 0) {
    throw new Error(
      `the clock passed ${timeOfDay(new Date(last))} and ${silent.map(({ name }) => name).join(", ")} did not run`,
    );
  }
  const accounts = jobs.map(({ body }) => textAt(body, "httpTarget.oauthToken.serviceAccountEmail"));
  return `by the clock, each to its end: ${ran.join(", ")}; asked by ${[...new Set(accounts)].join(", ")}`;
}
