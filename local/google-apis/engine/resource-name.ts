import type { Call, Kind } from "./kind.ts";
import type { MethodShape } from "../discovery/shape.ts";
import { isObject, textAt } from "./json.ts";

/** The method's path with its parameters filled in, without the version: `projects/p/global/backendBuckets`. */
export function expandedPath(method: MethodShape, parameters: Readonly<Record<string, string>>): string {
  return method.path
    .replace(/^v\d+\//, "")
    .replaceAll(/\{\+?([^}]+)\}/g, (_, name: string) => parameters[name] ?? "");
}

/** The last name of a method's id: `create`. */
export function methodName(methodId: string): string {
  return methodId.slice(methodId.lastIndexOf(".") + 1);
}

export function collectionOf(methodId: string): string {
  return methodId.slice(0, methodId.lastIndexOf("."));
}

/** The relative name of the resource that a call is about, a project's number replaced by its id. */
export function nameOf(call: Call, kind?: Kind): string {
  if (kind?.locate !== undefined) return kind.locate(call);
  const expanded = expandedPath(call.method, call.parameters);
  const action = methodName(call.methodId);
  return call.world.projects.withId(
    expanded.replace(/:[A-Za-z]+$/, "").replace(new RegExp(`/(?:${action}|iam|iam/testPermissions)$`), ""),
  );
}

/** The name of a resource about to be made: its collection's path and the id that the caller or the server gives. */
export function newName(call: Call, kind: Kind, body: Call["body"]): string {
  if (kind.locate !== undefined && kind.identify === undefined) return kind.locate(call);
  const expanded = call.world.projects.withId(
    expandedPath(call.method, call.parameters).replace(/:[A-Za-z]+$/, ""),
  );
  return `${expanded}/${kind.identify?.(call, body) ?? defaultId(call, body, expanded)}`;
}

function defaultId(call: Call, body: Call["body"], collectionPath: string): string {
  const parameter = Object.keys(call.method.parameters).find(
    (name) => name.endsWith("Id") && call.method.parameters[name]?.in === "query",
  );
  const asked = parameter === undefined ? "" : textAt(call.query, parameter);
  if (asked !== "") return asked;
  const named = call.world.projects.withId(textAt(body, "name"));
  if (named.startsWith(`${collectionPath}/`)) return named.slice(collectionPath.length + 1);
  if (call.shape.api === "compute" || call.shape.api === "storage") return named;
  return call.world.identifiers.number();
}

/**
 * The resource inside a request's body: either the body itself or the field of the request that holds it
 * (`{ "topic": { … }, "updateMask": "…" }`).
 */
export function resourceIn(call: Call, kind: Kind): { readonly body: Call["body"]; readonly mask: string } {
  const mask = textAt(call.query, "updateMask");
  if (call.method.body === kind.schema || call.method.body === undefined) return { body: call.body, mask };
  const fields = call.shape.schemas[call.method.body] ?? {};
  const field = Object.keys(fields).find((name) => fields[name]?.ref === kind.schema);
  const inner = field === undefined ? undefined : call.body[field];
  const sentMask = textAt(call.body, "updateMask") || textAt(call.body, `update${kind.schema}FieldMask`);
  return { body: isObject(inner) ? inner : {}, mask: sentMask || mask };
}
