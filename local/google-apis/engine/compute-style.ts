import { ApiError } from "./api-error.ts";
import { computeOperation } from "./compute-operation.ts";
import { checkComputeReferences, isUsing, selfLink } from "./compute-references.ts";
import { contentTag } from "./identifiers.ts";
import { type JsonObject, objectAt, textAt, withAt } from "./json.ts";
import type { Call } from "./kind.ts";
import type { Style } from "./style.ts";

const namePattern = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

function kindName(schema: string): string {
  return `compute#${schema.charAt(0).toLowerCase()}${schema.slice(1)}`;
}

/** `projects/p/regions/r/…` lies in a region, `projects/p/global/…` does not. */
function regionOf(name: string): string | undefined {
  return name.match(/^projects\/[^/]+\/regions\/([^/]+)\//)?.[1];
}

const fingerprinted = ["fingerprint", "labelFingerprint"];

/** Compute Engine: names in the body, fingerprints, whole addresses as references, operations of its own. */
export const computeStyle: Style = {
  isMerging: true,
  isOlderFormat: true,
  notFound: (name) => new ApiError("NOT_FOUND", `The resource '${name}' was not found`),
  alreadyExists: (name) => new ApiError("ALREADY_EXISTS", `The resource '${name}' already exists`),
  checkName: (_name, body) => {
    const given = textAt(body, "name");
    if (given === "") {
      throw new ApiError("INVALID_ARGUMENT", "Required field 'resource.name' not specified", {
        reason: "required",
      });
    }
    if (!namePattern.test(given)) {
      const message = `Invalid value for field 'resource.name': '${given}'. Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'`;
      throw new ApiError("INVALID_ARGUMENT", message);
    }
  },
  checkParent: (name, call) => {
    const project = name.match(/^projects\/([^/]+)/)?.[1] ?? "";
    if (call.world.projects.find(project) === undefined) {
      throw new ApiError("NOT_FOUND", `The resource 'projects/${project}' was not found`);
    }
  },
  checkReferences: (body, call, owner) => checkComputeReferences(body, call, owner),
  checkVersion: (resource, sent) => {
    const fingerprint = textAt(sent, "fingerprint");
    if (fingerprint !== "" && fingerprint !== textAt(resource.body, "fingerprint")) {
      throw new ApiError("CONDITION_NOT_MET", "Invalid fingerprint.");
    }
  },
  checkUnused: (resource, call) => {
    const user = call.world.state.all({ api: "compute" }).find((other) => isUsing(other, resource.name));
    if (user === undefined) return;
    const type = resource.collection.replace(/^compute\./, "");
    const message = `The ${type} resource '${resource.name}' is already being used by '${user.name}'`;
    throw new ApiError("INVALID_ARGUMENT", message, { reason: "resourceInUseByAnotherResource" });
  },
  replaced: (before, next) => {
    const kept = ["id", "kind", "creationTimestamp", "selfLink", "region"];
    return { ...Object.fromEntries(kept.map((key) => [key, before[key]])), ...next };
  },
  complete: (name, next, before, call, kind) => {
    const region = regionOf(name);
    const project = call.world.projects.of(name)?.projectId ?? "";
    return {
      ...next,
      kind: kindName(kind.schema),
      id: before?.["id"] ?? call.world.identifiers.number(),
      name: name.slice(name.lastIndexOf("/") + 1),
      selfLink: selfLink(name),
      creationTimestamp: before?.["creationTimestamp"] ?? call.world.identifiers.time(),
      ...(region === undefined ? {} : { region: selfLink(`projects/${project}/regions/${region}`) }),
    };
  },
  sealed: (body, kind, call) => {
    const schema = call.shape.schemas[kind.schema] ?? {};
    const content = fingerprinted.reduce((bare, field) => withAt(bare, field, undefined), body);
    return {
      ...body,
      ...(schema["fingerprint"] === undefined ? {} : { fingerprint: contentTag(content) }),
      ...(schema["labelFingerprint"] === undefined
        ? {}
        : { labelFingerprint: contentTag(objectAt(body, "labels")) }),
    };
  },
  present: (body) => body,
  list: (call, items) => ({
    kind: kindName(call.method.reply ?? ""),
    id: call.methodId,
    ...(items.length > 0 ? { items } : {}),
  }),
  changed: (type, resource, call, _kind, change) =>
    computeOperation(call, type, { name: resource.name, id: textAt(change.answer(), "id") }),
};

/** Labels change under their own fingerprint, on every kind that has them. */
export function setLabels(call: Call, body: JsonObject): JsonObject {
  const sent = textAt(call.body, "labelFingerprint");
  if (sent !== textAt(body, "labelFingerprint")) {
    throw new ApiError(
      "CONDITION_NOT_MET",
      "Labels fingerprint either invalid or resource labels have changed",
    );
  }
  const labels = objectAt(call.body, "labels");
  return { ...body, labels, labelFingerprint: contentTag(labels) };
}
