import type { Resource } from "../google-apis/engine/state.ts";
import type { Attempt, DeclaredSchedules } from "./declared-schedules.ts";

const second = 1000;
/** Long enough that what is declared for every few minutes comes once more. */
const afterwards = 10 * 60 * second;

/**
 * Turns the clock to just before the rarest of these jobs is due, lets it pass, and then ten minutes more; then to the
 * rarest of those that were not due meanwhile, until each was asked.
 *
 * @param whenAsked is told of the attempts of each moment, and waited for before the clock goes on
 * @throws Error where a schedule never comes, or its time passes and its job does nothing
 */
export async function passEverySchedule(
  schedules: DeclaredSchedules,
  jobs: readonly Resource[],
  whenAsked: (attempts: readonly Attempt[]) => Promise<void>,
): Promise<void> {
  const waiting = new Map(jobs.map((job) => [job.name, job]));
  while (waiting.size > 0) {
    const next = [...waiting.values()].map((job) => ({ job, at: schedules.nextOf(job)?.getTime() }));
    const never = next.filter(({ at }) => at === undefined).map(({ job }) => job.name);
    if (never.length > 0) throw new Error(`these schedules never come: ${never.join(", ")}`);
    const strike = Math.max(...next.map(({ at }) => at ?? 0));
    schedules.turnTo(new Date(strike - second));
    const due = jobs.filter((job) => (schedules.nextOf(job)?.getTime() ?? Infinity) <= strike + afterwards);
    const asked = new Set<string>();
    for (const step of [second, afterwards]) {
      const attempts = await schedules.advance(step);
      for (const { job } of attempts) asked.add(job);
      await whenAsked(attempts);
    }
    const silent = due.filter(({ name }) => !asked.has(name)).map(({ name }) => name);
    if (silent.length > 0) {
      const from = new Date(strike).toISOString();
      throw new Error(`ten minutes passed from ${from} on, and ${silent.join(", ")} did not run`);
    }
    for (const name of asked) waiting.delete(name);
  }
}
