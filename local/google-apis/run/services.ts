import { ApiError } from "../engine/api-error.ts";
import { type JsonObject, objectAt, objectsAt, textAt } from "../engine/json.ts";
import type { Call, Kind } from "../engine/kind.ts";
import type { Resource } from "../engine/state.ts";
import { checkSecrets, checkTemplate, completeContainer, runtimeAccount } from "./revision-template.ts";

const nothingWrong = "CONDITION_SUCCEEDED";
const conditionTypes = ["RoutesReady", "ConfigurationsReady"];

function condition(type: string, state: string, time: string, message = ""): JsonObject {
  return { type, state, lastTransitionTime: time, ...(message === "" ? {} : { message }) };
}

function completeTemplate(template: JsonObject, call: Call): JsonObject {
  const scaling = objectAt(template, "scaling");
  return {
    timeout: "300s",
    maxInstanceRequestConcurrency: 80,
    ...template,
    serviceAccount: runtimeAccount(template, call),
    scaling: { ...scaling, maxInstanceCount: scaling["maxInstanceCount"] ?? 100 },
    containers: objectsAt(template, "containers").map((container) => completeContainer(container, "service")),
  };
}

function revisionName(name: string, generation: number, call: Call): string {
  const id = name.split("/").at(-1) ?? "";
  return `${name}/revisions/${id}-${String(generation).padStart(5, "0")}-${call.world.identifiers.suffix(3)}`;
}

function checkService(next: JsonObject, before: JsonObject | undefined, call: Call): void {
  const id = textAt(next, "name").split("/").at(-1) ?? "";
  if (!/^[a-z](?:[-a-z0-9]{0,47}[a-z0-9])?$/.test(id)) {
    throw new ApiError(
      "INVALID_ARGUMENT",
      `service_id: '${id}' must be at most 49 of a-z, 0-9 and '-', beginning with a letter.`,
    );
  }
  const template = objectAt(next, "template");
  if (before === undefined || JSON.stringify(before["template"]) !== JSON.stringify(template)) {
    checkTemplate(template, call, "template");
  }
  const revision = textAt(template, "revision");
  if (
    revision !== "" &&
    call.world.state.get("run", `${textAt(next, "name")}/revisions/${revision}`) !== undefined
  ) {
    throw new ApiError(
      "ALREADY_EXISTS",
      `Revision named '${revision}' with different configuration already exists.`,
    );
  }
  const least = Number(objectAt(template, "scaling")["minInstanceCount"] ?? 0);
  const most = Number(objectAt(template, "scaling")["maxInstanceCount"] ?? 100);
  if (least > most) {
    throw new ApiError(
      "INVALID_ARGUMENT",
      `template.scaling.min_instance_count: ${least} is more than max_instance_count ${most}.`,
    );
  }
}

function uri(name: string, call: Call): string {
  const [, project = "", , region = "", , id = ""] = name.split("/");
  return `https://${id}-${call.world.projects.find(project)?.projectNumber}.${region}.run.app`;
}

function completeService(next: JsonObject, before: JsonObject | undefined, call: Call): JsonObject {
  const name = textAt(next, "name");
  const template = completeTemplate(objectAt(next, "template"), call);
  const isNewRevision = JSON.stringify(before?.["template"]) !== JSON.stringify(template);
  const generation = Number(textAt(next, "generation"));
  const created = isNewRevision
    ? revisionName(name, generation, call)
    : textAt(before, "latestCreatedRevision");
  const time = call.world.identifiers.time();
  return {
    ...next,
    ingress: next["ingress"] ?? "INGRESS_TRAFFIC_ALL",
    launchStage: next["launchStage"] ?? "GA",
    template,
    scaling: { minInstanceCount: 0, ...objectAt(next, "scaling") },
    traffic: next["traffic"] ?? [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 }],
    observedGeneration: textAt(before, "observedGeneration"),
    latestCreatedRevision: created,
    latestReadyRevision: textAt(before, "latestReadyRevision"),
    uri: uri(name, call),
    urls: [uri(name, call)],
    reconciling: isNewRevision,
    terminalCondition: condition("Ready", isNewRevision ? "CONDITION_RECONCILING" : nothingWrong, time),
    conditions: conditionTypes.map((type) =>
      condition(type, isNewRevision ? "CONDITION_RECONCILING" : nothingWrong, time),
    ),
    trafficStatuses: before?.["trafficStatuses"] ?? [],
  };
}

function revisionBody(service: Resource, call: Call): JsonObject {
  const template = objectAt(service.body, "template");
  const name = textAt(service.body, "latestCreatedRevision");
  const time = call.world.identifiers.time();
  const { labels, annotations, scaling, containers, volumes, serviceAccount, timeout, vpcAccess } = template;
  const { maxInstanceRequestConcurrency, executionEnvironment } = template;
  const copied = { labels, annotations, scaling, containers, volumes, serviceAccount, timeout, vpcAccess };
  return {
    ...Object.fromEntries(Object.entries({ ...copied, maxInstanceRequestConcurrency, executionEnvironment })),
    name,
    uid: call.world.identifiers.uuid(),
    generation: "1",
    createTime: time,
    updateTime: time,
    launchStage: "GA",
    service: service.name.split("/").at(-1) ?? "",
    reconciling: true,
    conditions: [condition("Ready", "CONDITION_RECONCILING", time)],
  };
}

/** Brings the newest revision up; traffic moves to it only then. */
async function rollOut(service: Resource, call: Call): Promise<void> {
  const name = textAt(service.body, "latestCreatedRevision");
  if (name === textAt(service.body, "latestReadyRevision")) return;
  const revision =
    call.world.state.get("run", name) ??
    call.world.state.put({
      api: "run",
      collection: "run.projects.locations.services.revisions",
      name,
      body: revisionBody(service, call),
    });
  try {
    checkSecrets(
      objectAt(service.body, "template"),
      call,
      `Revision service account ${textAt(revision.body, "serviceAccount")}`,
    );
    await call.world.runtime.startRevision(call.world, service, revision);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    fail(service, revision, message, call);
    throw new ApiError("FAILED_PRECONDITION", notReady(name, message), { cause: error });
  }
  succeed(service, revision, call);
}

function notReady(name: string, message: string): string {
  const said = `Revision '${name.split("/").at(-1)}' is not ready and cannot serve traffic.`;
  return message.startsWith(said) ? message : `${said} ${message}`;
}

function fail(service: Resource, revision: Resource, message: string, call: Call): void {
  const time = call.world.identifiers.time();
  const failed = condition("Ready", "CONDITION_FAILED", time, message);
  revision.body = { ...revision.body, reconciling: false, conditions: [failed] };
  service.body = {
    ...service.body,
    reconciling: false,
    terminalCondition: failed,
    observedGeneration: service.body["generation"],
  };
}

function succeed(service: Resource, revision: Resource, call: Call): void {
  const time = call.world.identifiers.time();
  revision.body = {
    ...revision.body,
    reconciling: false,
    conditions: [condition("Ready", nothingWrong, time)],
  };
  // A newer change may have come meanwhile: its own roll-out settles it.
  if (textAt(service.body, "latestCreatedRevision") !== revision.name) return;
  service.body = {
    ...service.body,
    reconciling: false,
    observedGeneration: service.body["generation"],
    latestReadyRevision: revision.name,
    terminalCondition: condition("Ready", nothingWrong, time),
    conditions: conditionTypes.map((type) => condition(type, nothingWrong, time)),
    trafficStatuses: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 }],
  };
}

const services: Kind = {
  collection: "run.projects.locations.services",
  schema: "GoogleCloudRunV2Service",
  keepsZero: ["template.scaling.minInstanceCount", "scaling.minInstanceCount"],
  check: checkService,
  complete: completeService,
  settle: (resource, _before, call) => rollOut(resource, call),
  remove: async (resource, call) => {
    await call.world.runtime.stopService(resource);
    for (const { name } of call.world.state.below("run", resource.name)) call.world.state.remove("run", name);
    call.world.state.remove("run", resource.name);
    call.world.policies.remove(`run/${resource.name}`);
    return call.world.operations.start("run", {
      parent: resource.name.replace(/\/services\/.*$/, ""),
      response: () => ({ "@type": "type.googleapis.com/google.cloud.run.v2.Service", ...resource.body }),
    });
  },
};

const revisions: Kind = {
  collection: "run.projects.locations.services.revisions",
  schema: "GoogleCloudRunV2Revision",
  checkDeletion: (resource, call) => {
    const service = call.world.state.get("run", resource.name.replace(/\/revisions\/.*$/, ""));
    if (textAt(service?.body, "latestReadyRevision") !== resource.name) return;
    throw new ApiError(
      "FAILED_PRECONDITION",
      `Revision '${resource.name}' is serving traffic and cannot be deleted.`,
    );
  },
};

export const serviceKinds: readonly Kind[] = [services, revisions];
