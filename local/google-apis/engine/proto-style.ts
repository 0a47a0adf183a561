import type { FieldShape, MessageShape } from "../discovery/shape.ts";
import { fieldsOf } from "../discovery/shape.ts";
import { ApiError } from "./api-error.ts";
import { contentTag } from "./identifiers.ts";
import { isObject, type Json, type JsonObject, textAt, withAt } from "./json.ts";
import type { Call, Kind } from "./kind.ts";
import type { Style } from "./style.ts";

function isZero(value: Json): boolean {
  return value === "" || value === "0" || value === 0 || value === false;
}

/** Leaves out what JSON for protocol buffers leaves out: zero scalars, empty lists and maps; messages stay. */
function omitZeros(
  call: Call,
  fields: MessageShape,
  value: JsonObject,
  path: string,
  kept: readonly string[],
): JsonObject {
  const shown: JsonObject = {};
  for (const [name, part] of Object.entries(value)) {
    if (part === undefined || part === null) continue;
    const below = path === "" ? name : `${path}.${name}`;
    const field = fields[name];
    const next = field === undefined ? part : omitZerosIn(call, field, part, below, kept);
    if (next !== undefined) shown[name] = next;
  }
  return shown;
}

function omitZerosIn(
  call: Call,
  field: FieldShape,
  value: Json,
  path: string,
  kept: readonly string[],
): Json | undefined {
  if (kept.includes(path)) return value;
  if (field.type === "message" && isObject(value)) {
    return omitZeros(call, fieldsOf(call.shape, field), value, path, kept);
  }
  if (field.type === "map" && isObject(value)) return Object.keys(value).length === 0 ? undefined : value;
  if (field.type === "list" && Array.isArray(value)) {
    const { of } = field;
    if (value.length === 0) return undefined;
    if (of?.type !== "message") return value;
    return value.map((part) =>
      isObject(part) ? omitZeros(call, fieldsOf(call.shape, of), part, path, kept) : part,
    );
  }
  const isUnspecified =
    typeof value === "string" && value === field.enum?.[0] && value.endsWith("_UNSPECIFIED");
  return isZero(value) || isUnspecified ? undefined : value;
}

/** The fields that many messages have, filled in where the message has them. */
function commonFields(
  name: string,
  before: JsonObject | undefined,
  call: Call,
  schema: MessageShape,
): JsonObject {
  const now = call.world.identifiers.time();
  const generation = Number(textAt(before, "generation") || "0") + 1;
  const fields: Readonly<Record<string, () => Json>> = {
    name: () => name,
    createTime: () => now,
    uid: () => call.world.identifiers.uuid(),
    creator: () => call.caller.replace(/^[a-zA-Z]+:/, ""),
  };
  const changing: Readonly<Record<string, () => Json>> = {
    updateTime: () => now,
    lastModifier: () => call.caller.replace(/^[a-zA-Z]+:/, ""),
    generation: () => String(generation),
  };
  const result: JsonObject = {};
  for (const [field, value] of Object.entries(fields)) {
    if (schema[field] !== undefined) result[field] = before?.[field] ?? value();
  }
  for (const [field, value] of Object.entries(changing)) {
    if (schema[field]?.readOnly === true) result[field] = value();
  }
  return result;
}

function isOperation(call: Call): boolean {
  return call.method.reply === "Operation" || call.method.reply === "GoogleLongrunningOperation";
}

function operationParent(name: string): string {
  return name.match(/^projects\/[^/]+\/locations\/[^/]+/)?.[0] ?? "";
}

function typeOf(call: Call, kind: Kind): string {
  const message = kind.schema.replace(/^GoogleCloudRunV2/, "");
  const prefix = call.shape.api === "iam" ? "google.iam.admin" : `google.cloud.${call.shape.api}`;
  return `type.googleapis.com/${prefix}.${call.shape.version}.${message}`;
}

/** APIs defined by protocol buffers: field masks, etags, `google.longrunning`, zero values left out. */
export const protoStyle: Style = {
  isMerging: false,
  isOlderFormat: false,
  notFound: (name) => new ApiError("NOT_FOUND", `Resource '${name}' was not found.`),
  alreadyExists: (name) => new ApiError("ALREADY_EXISTS", `Resource '${name}' already exists.`),
  checkName: (name) => {
    const id = name.slice(name.lastIndexOf("/") + 1);
    if (id === "") throw new ApiError("INVALID_ARGUMENT", `The resource name '${name}' has no id.`);
  },
  checkParent: (name, call) => {
    const project = name.match(/^projects\/([^/]+)/)?.[1];
    if (project !== undefined && call.world.projects.find(project) === undefined) {
      throw new ApiError("NOT_FOUND", `Project '${project}' was not found.`);
    }
  },
  checkReferences: (body) => body,
  checkVersion: (resource, sent) => {
    const etag = textAt(sent, "etag");
    if (etag !== "" && etag !== textAt(resource.body, "etag")) {
      throw new ApiError(
        "ABORTED",
        `The etag '${etag}' of '${resource.name}' is stale: read the resource again and repeat the change on what it holds now.`,
      );
    }
  },
  checkUnused: () => {},
  replaced: (_before, next) => next,
  complete: (name, next, before, call, kind) => ({
    ...next,
    ...commonFields(name, before, call, call.shape.schemas[kind.schema] ?? {}),
  }),
  sealed: (body, kind, call) =>
    call.shape.schemas[kind.schema]?.["etag"] === undefined
      ? body
      : { ...body, etag: `"${contentTag(withAt(body, "etag", undefined), 22)}"` },
  present: (body, kind, call) =>
    omitZeros(call, call.shape.schemas[kind.schema] ?? {}, body, "", kind.keepsZero ?? []),
  list: (call, items) => {
    const fields = call.shape.schemas[call.method.reply ?? ""] ?? {};
    const field = Object.keys(fields).find((name) => fields[name]?.type === "list" && name !== "unreachable");
    return items.length === 0 || field === undefined ? {} : { [field]: items };
  },
  changed: (type, resource, call, kind, change) => {
    if (!isOperation(call)) return type === "delete" && call.method.reply === "Empty" ? {} : change.answer();
    const isEmpty = type === "delete" && call.shape.api !== "run";
    return call.world.operations.start(call.shape.api, {
      parent: kind.operationParent?.(resource.name) ?? operationParent(resource.name),
      response: () =>
        isEmpty
          ? { "@type": "type.googleapis.com/google.protobuf.Empty" }
          : { "@type": typeOf(call, kind), ...change.answer() },
      ...(change.settle === undefined ? {} : { settle: change.settle }),
    });
  },
};
