import { isSchedule } from "./cron.ts";
import { ApiError } from "./engine/api-error.ts";
import { type JsonObject, objectAt, textAt } from "./engine/json.ts";
import type { Action, ApiModule, Call, Kind } from "./engine/kind.ts";
import { nameOf } from "./engine/resource-name.ts";

const targets = ["httpTarget", "pubsubTarget", "appEngineHttpTarget"];

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).format(0) !== "";
  } catch {
    return false;
  }
}

function check(next: JsonObject, call: Call): void {
  const given = targets.filter((target) => next[target] !== undefined);
  if (given.length !== 1) {
    throw new ApiError(
      "INVALID_ARGUMENT",
      `A job needs exactly one target of ${targets.join(", ")}, got ${given.length}.`,
    );
  }
  if (!isSchedule(textAt(next, "schedule"))) {
    throw new ApiError(
      "INVALID_ARGUMENT",
      `Schedule or time zone is invalid: '${textAt(next, "schedule")}'.`,
    );
  }
  const zone = textAt(next, "timeZone");
  if (zone !== "" && !isTimeZone(zone)) {
    throw new ApiError("INVALID_ARGUMENT", `Schedule or time zone is invalid: '${zone}'.`);
  }
  const topic = textAt(next, "pubsubTarget.topicName");
  if (topic !== "" && call.world.state.get("pubsub", call.world.projects.withId(topic)) === undefined) {
    throw new ApiError("NOT_FOUND", `Topic ${topic} not found.`);
  }
  for (const token of ["oidcToken", "oauthToken"]) {
    const email = textAt(next, `httpTarget.${token}.serviceAccountEmail`);
    if (email !== "" && !call.world.accounts.exists(email)) {
      throw new ApiError("NOT_FOUND", `Service account ${email} does not exist.`);
    }
  }
}

function turned(state: "ENABLED" | "PAUSED"): Action {
  return (call) => {
    const job = call.world.state.get("cloudscheduler", nameOf(call));
    if (job === undefined) throw new ApiError("NOT_FOUND", `Job '${nameOf(call)}' not found.`);
    job.body = { ...job.body, state };
    return job.body;
  };
}

const jobs: Kind = {
  collection: "cloudscheduler.projects.locations.jobs",
  schema: "Job",
  check: (next, _before, call) => check(next, call),
  complete: (next, before, call) => {
    const http = objectAt(next, "httpTarget");
    const retry = {
      maxRetryDuration: "0s",
      minBackoffDuration: "5s",
      maxBackoffDuration: "3600s",
      maxDoublings: 5,
    };
    return {
      timeZone: "Etc/UTC",
      attemptDeadline: "180s",
      ...next,
      retryConfig: { ...retry, ...objectAt(next, "retryConfig") },
      ...(next["httpTarget"] === undefined
        ? {}
        : {
            httpTarget: {
              httpMethod: "POST",
              ...http,
              headers: { "User-Agent": "Google-Cloud-Scheduler", ...objectAt(http, "headers") },
            },
          }),
      state: before?.["state"] ?? "ENABLED",
      userUpdateTime: call.world.identifiers.time(),
    };
  },
  actions: {
    pause: turned("PAUSED"),
    resume: turned("ENABLED"),
    run: (call) => {
      const job = call.world.state.get("cloudscheduler", nameOf(call));
      if (job === undefined) throw new ApiError("NOT_FOUND", `Job '${nameOf(call)}' not found.`);
      job.body = { ...job.body, lastAttemptTime: call.world.identifiers.time() };
      call.world.forceRun(job);
      return job.body;
    },
  },
};

/** Cloud Scheduler: jobs are kept and checked; whoever has a clock does what they declare. */
export const cloudScheduler: ApiModule = { shape: "cloudscheduler.v1", style: "proto", kinds: [jobs] };
