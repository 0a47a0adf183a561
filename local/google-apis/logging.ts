import { ApiError } from "./engine/api-error.ts";
import { type JsonObject, objectAt, textAt } from "./engine/json.ts";
import type { ApiModule, Call, Kind } from "./engine/kind.ts";
import { nameOf } from "./engine/resource-name.ts";

/** Buckets that every project has, and that outlive everything. */
const standing = ["_Default", "_Required"];

function standingBucket(name: string): JsonObject {
  const isRequired = name.endsWith("/_Required");
  return {
    name,
    description: "",
    retentionDays: isRequired ? 400 : 30,
    lifecycleState: "ACTIVE",
    locked: isRequired,
  };
}

const buckets: Kind = {
  collection: "logging.projects.locations.buckets",
  schema: "LogBucket",
  check: (next, before) => {
    const days = next["retentionDays"];
    if (typeof days === "number" && (days < 1 || days > 3650)) {
      throw new ApiError("INVALID_ARGUMENT", `'retentionDays' must be 1 to 3650, got ${days}.`);
    }
    if (before?.["locked"] === true) {
      throw new ApiError("FAILED_PRECONDITION", "The bucket is locked: it cannot be changed any more.");
    }
  },
  complete: (next) => ({ retentionDays: 30, ...next, lifecycleState: "ACTIVE" }),
  locate: (call) => {
    const name = nameOf(call);
    const id = name.split("/").at(-1) ?? "";
    if (standing.includes(id) && call.world.state.get("logging", name) === undefined) {
      call.world.state.put({
        api: "logging",
        collection: "logging.projects.locations.buckets",
        name,
        body: standingBucket(name),
      });
    }
    return name;
  },
  identify: (call) => textAt(call.query, "bucketId"),
  remove: (resource) => {
    if (standing.includes(resource.name.split("/").at(-1) ?? "")) {
      throw new ApiError("INVALID_ARGUMENT", `The bucket '${resource.name}' cannot be deleted.`);
    }
    if (resource.body["locked"] === true) {
      throw new ApiError(
        "FAILED_PRECONDITION",
        "The bucket is locked and holds entries: it cannot be deleted.",
      );
    }
    resource.body = { ...resource.body, lifecycleState: "DELETE_REQUESTED" };
    return {};
  },
  actions: {
    undelete: (call) => {
      const bucket = call.world.state.get("logging", nameOf(call));
      if (bucket === undefined) throw new ApiError("NOT_FOUND", `Bucket '${nameOf(call)}' does not exist`);
      bucket.body = { ...bucket.body, lifecycleState: "ACTIVE" };
      return {};
    },
  },
};

const metrics: Kind = {
  collection: "logging.projects.metrics",
  schema: "LogMetric",
  identify: (_call, body) => textAt(body, "name"),
  check: (next) => {
    if (textAt(next, "filter") === "")
      throw new ApiError("INVALID_ARGUMENT", "Required 'metric.filter' is empty.");
  },
  complete: (next, before) => {
    const id = textAt(before, "name") || (textAt(next, "name").split("/metrics/").at(-1) ?? "");
    const descriptor = objectAt(next, "metricDescriptor");
    const type = `logging.googleapis.com/user/${id}`;
    const metricDescriptor: JsonObject = {
      metricKind: "DELTA",
      valueType: "INT64",
      unit: "1",
      ...descriptor,
      type,
    };
    return {
      ...next,
      name: id,
      metricDescriptor: { ...metricDescriptor, name: `metricDescriptors/${type}` },
    };
  },
};

function checkDestination(call: Call, destination: string): void {
  const bucket = destination.match(/^storage\.googleapis\.com\/([^/]+)$/)?.[1];
  const topic = destination.match(/^pubsub\.googleapis\.com\/(projects\/[^/]+\/topics\/[^/]+)$/)?.[1];
  const dataset = destination.match(/^bigquery\.googleapis\.com\/(projects\/[^/]+\/datasets\/[^/]+)$/)?.[1];
  const log = destination.match(/^logging\.googleapis\.com\/(projects\/.+\/buckets\/[^/]+)$/)?.[1];
  const { state, projects } = call.world;
  const isThere =
    (bucket !== undefined && state.get("storage", `b/${bucket}`) !== undefined) ||
    (topic !== undefined && state.get("pubsub", projects.withId(topic)) !== undefined) ||
    (dataset !== undefined && state.get("bigquery", projects.withId(dataset)) !== undefined) ||
    (log !== undefined &&
      (/\/_(Default|Required)$/.test(log) || state.get("logging", projects.withId(log)) !== undefined));
  if (!isThere) {
    throw new ApiError(
      "INVALID_ARGUMENT",
      `The sink's destination '${destination}' does not exist or has none of the forms.`,
    );
  }
}

const sinks: Kind = {
  collection: "logging.projects.sinks",
  schema: "LogSink",
  identify: (_call, body) => {
    const name = textAt(body, "name");
    if (!/^[\w.-]{1,100}$/.test(name))
      throw new ApiError("INVALID_ARGUMENT", `Sink name '${name}' is not valid.`);
    return name;
  },
  check: (next, _before, call) => checkDestination(call, textAt(next, "destination")),
  complete: (next, before, call) => {
    const project = call.world.projects.of(nameOf(call));
    const id = textAt(before, "name") || (textAt(next, "name").split("/").at(-1) ?? "");
    const isOwn = call.query["uniqueWriterIdentity"] === true || textAt(before, "writerIdentity") !== "";
    const agent = `service-${project?.projectNumber}@gcp-sa-logging.iam.gserviceaccount.com`;
    const shared = "serviceAccount:cloud-logs@system.gserviceaccount.com";
    if (isOwn) call.world.accounts.bear(agent);
    const resourceName = `projects/${project?.projectId}/sinks/${id}`;
    return { ...next, name: id, resourceName, writerIdentity: isOwn ? `serviceAccount:${agent}` : shared };
  },
};

/** Cloud Logging's configuration. Entries go nowhere. */
export const logging: ApiModule = {
  shape: "logging.v2",
  style: "proto",
  kinds: [buckets, metrics, sinks],
  actions: {
    "logging.projects.locations.operations.get": (call) => call.world.operations.get("logging", nameOf(call)),
  },
};
