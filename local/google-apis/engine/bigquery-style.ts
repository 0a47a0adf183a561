import { ApiError } from "./api-error.ts";
import { contentTag } from "./identifiers.ts";
import { type JsonObject, withAt } from "./json.ts";
import type { Style } from "./style.ts";

function shownName(name: string): string {
  return name.replace(
    /^projects\/([^/]+)\/datasets\/([^/]+)(?:\/tables\/([^/]+))?$/,
    (_, project, dataset, table) =>
      [`${String(project)}:${String(dataset)}`, ...(table === undefined ? [] : [String(table)])].join("."),
  );
}

/** BigQuery: the older format, merging patches, etags that nothing asks for. */
export const bigqueryStyle: Style = {
  isMerging: true,
  isOlderFormat: true,
  notFound: (name) => new ApiError("NOT_FOUND", `Not found: ${shownName(name)}`),
  alreadyExists: (name) =>
    new ApiError("ALREADY_EXISTS", `Already Exists: ${shownName(name)}`, { reason: "duplicate" }),
  checkName: (name) => {
    const id = name.slice(name.lastIndexOf("/") + 1);
    if (!/^\w{1,1024}$/.test(id)) {
      throw new ApiError(
        "INVALID_ARGUMENT",
        `Invalid ID "${id}". IDs must be alphanumeric (plus underscores).`,
      );
    }
  },
  checkParent: (name, call) => {
    const parent = name.match(/^(.*\/datasets\/[^/]+)\/tables\//)?.[1];
    if (parent !== undefined && call.world.state.get("bigquery", parent) === undefined) {
      throw new ApiError("NOT_FOUND", `Not found: Dataset ${shownName(parent)}`);
    }
  },
  checkReferences: (body) => body,
  checkVersion: () => {},
  checkUnused: () => {},
  replaced: (before, next) => ({ ...outputOf(before), ...next }),
  complete: (_name, next) => withAt(next, "name", undefined),
  sealed: (body) => ({ ...body, etag: contentTag(withAt(body, "etag", undefined), 22) }),
  present: (body) => body,
  list: (call, items) => {
    const field = call.methodId.split(".").at(-2) ?? "items";
    return { kind: `bigquery#${field.slice(0, -1)}List`, ...(items.length > 0 ? { [field]: items } : {}) };
  },
  changed: (_type, _resource, _call, _kind, change) => change.answer(),
};

function outputOf(before: JsonObject): JsonObject {
  const kept = [
    "id",
    "kind",
    "selfLink",
    "creationTime",
    "datasetReference",
    "tableReference",
    "location",
    "access",
  ];
  return Object.fromEntries(kept.map((key) => [key, before[key]]));
}
