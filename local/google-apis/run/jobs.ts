import { ApiError } from "../engine/api-error.ts";
import { type JsonObject, objectAt, objectsAt, textAt, withAt } from "../engine/json.ts";
import type { Action, Call, Kind } from "../engine/kind.ts";
import { nameOf } from "../engine/resource-name.ts";
import type { Resource } from "../engine/state.ts";
import { checkSecrets, checkTemplate, completeContainer, runtimeAccount } from "./revision-template.ts";

function taskTemplate(body: JsonObject): JsonObject {
  return objectAt(body, "template.template");
}

function completeJob(next: JsonObject, before: JsonObject | undefined, call: Call): JsonObject {
  const task = taskTemplate(next);
  const template: JsonObject = {
    taskCount: 1,
    ...objectAt(next, "template"),
    template: {
      timeout: "600s",
      maxRetries: 3,
      ...task,
      serviceAccount: runtimeAccount(task, call),
      containers: objectsAt(task, "containers").map((container) => completeContainer(container, "job")),
    },
  };
  const time = call.world.identifiers.time();
  return {
    launchStage: "GA",
    ...next,
    template,
    executionCount: before?.["executionCount"] ?? 0,
    observedGeneration: next["generation"],
    reconciling: false,
    terminalCondition: { type: "Ready", state: "CONDITION_SUCCEEDED", lastTransitionTime: time },
    conditions: [{ type: "ContainerReady", state: "CONDITION_SUCCEEDED", lastTransitionTime: time }],
  };
}

/** Starts an execution; the operation is done when its tasks are. */
const runJob: Action = (call) => {
  const name = nameOf(call);
  const job = call.world.state.get("run", name);
  if (job === undefined) throw new ApiError("NOT_FOUND", `Resource '${name}' was not found.`);
  checkSecrets(taskTemplate(job.body), call, "the job's service account");
  const id = `${name.split("/").at(-1)}-${call.world.identifiers.suffix(5)}`;
  const time = call.world.identifiers.time();
  const execution: Resource = call.world.state.put({
    api: "run",
    collection: "run.projects.locations.jobs.executions",
    name: `${name}/executions/${id}`,
    body: {
      name: `${name}/executions/${id}`,
      uid: call.world.identifiers.uuid(),
      job: name.split("/").at(-1) ?? "",
      createTime: time,
      startTime: time,
      template: taskTemplate(job.body),
      taskCount: objectAt(job.body, "template")["taskCount"] ?? 1,
      reconciling: true,
    },
  });
  job.body = { ...job.body, executionCount: Number(job.body["executionCount"] ?? 0) + 1 };
  return call.world.operations.start("run", {
    parent: name.replace(/\/jobs\/.*$/, ""),
    settle: () => settle(execution, job, call),
    response: () => ({ "@type": "type.googleapis.com/google.cloud.run.v2.Execution", ...execution.body }),
  });
};

async function settle(execution: Resource, job: Resource, call: Call): Promise<void> {
  const done = (state: string, count: JsonObject, message?: string): void => {
    const time = call.world.identifiers.time();
    const condition = {
      type: "Completed",
      state,
      lastTransitionTime: time,
      ...(message === undefined ? {} : { message }),
    };
    execution.body = {
      ...execution.body,
      ...count,
      completionTime: time,
      reconciling: false,
      conditions: [condition],
    };
  };
  try {
    await call.world.runtime.runJob(call.world, job, overridden(execution.body, call));
    done("CONDITION_SUCCEEDED", { succeededCount: 1 });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    done("CONDITION_FAILED", { failedCount: 1 }, message);
    throw new ApiError("FAILED_PRECONDITION", `The execution failed: ${message}`, { cause: error });
  }
}

/** Arguments and variables that one run sets beside the job's own. */
function overridden(execution: JsonObject, call: Call): JsonObject {
  const [first] = objectsAt(call.body, "overrides.containerOverrides");
  const template = objectAt(execution, "template");
  const [container, ...rest] = objectsAt(template, "containers");
  if (first === undefined || container === undefined) return template;
  const env = [...objectsAt(container, "env"), ...objectsAt(first, "env")];
  const args = first["args"] ?? container["args"];
  return withAt(template, "containers", [
    { ...container, env, ...(args === undefined ? {} : { args }) },
    ...rest,
  ]);
}

const jobs: Kind = {
  collection: "run.projects.locations.jobs",
  schema: "GoogleCloudRunV2Job",
  keepsZero: ["template.template.maxRetries"],
  check: (next, before, call) => {
    if (JSON.stringify(before?.["template"]) !== JSON.stringify(next["template"])) {
      checkTemplate(taskTemplate(next), call, "template.template");
      checkSecrets(taskTemplate(next), call, `Job ${textAt(next, "name").split("/").at(-1)}`);
    }
  },
  complete: completeJob,
  actions: { run: runJob },
};

const executions: Kind = {
  collection: "run.projects.locations.jobs.executions",
  schema: "GoogleCloudRunV2Execution",
};

export const jobKinds: readonly Kind[] = [jobs, executions];
