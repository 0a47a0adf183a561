import type { ApiShape, MessageShape } from "../discovery/shape.ts";
import { fieldsOf } from "../discovery/shape.ts";
import { ApiError } from "./api-error.ts";
import { camelCase } from "./body-check.ts";
import { at, isObject, type Json, type JsonObject, withAt } from "./json.ts";

function badPath(path: string): ApiError {
  const description = `Invalid field mask path: "${path}"`;
  return new ApiError("INVALID_ARGUMENT", description, {
    violations: [{ field: "update_mask", description }],
  });
}

/** The path in camelCase, each step checked; a map's key may be anything. */
function checkPath(api: ApiShape, schema: string, path: string): string {
  const steps = path.split(".");
  let fields: MessageShape | undefined = api.schemas[schema];
  const names: string[] = [];
  for (const [index, step] of steps.entries()) {
    if (fields === undefined) throw badPath(path);
    const name: string = fields[step] === undefined ? camelCase(step) : step;
    const field = fields[name];
    if (field === undefined) throw badPath(path);
    names.push(name);
    if (field.type === "map") return [...names, ...steps.slice(index + 1)].join(".");
    fields = field.type === "message" ? fieldsOf(api, field) : undefined;
  }
  return names.join(".");
}

/** `before` with the fields that the mask names taken from `sent`; what the mask names and `sent` lacks is cleared. */
export function applyMask(
  api: ApiShape,
  schema: string,
  mask: string,
  before: JsonObject,
  sent: JsonObject,
): JsonObject {
  if (mask.trim() === "*") return replaceFields(before, sent);
  return mask
    .split(",")
    .map((path) => path.trim())
    .filter((path) => path !== "")
    .map((path) => checkPath(api, schema, path))
    .reduce<JsonObject>((next, path) => {
      const value = at(sent, path);
      return withAt(next, path, value === null || value === undefined ? undefined : cleared(value));
    }, before);
}

/** `sent` in place of `before`. Output fields are the kind's to fill in again. */
export function replaceFields(before: JsonObject, sent: JsonObject): JsonObject {
  const name = before["name"];
  return { ...withoutNulls(sent), ...(name === undefined ? {} : { name }) };
}

/** A copy without the fields that are null, at any depth: to send null is to leave the field unset. */
export function withoutNulls(value: JsonObject): JsonObject {
  const set = Object.entries(value).flatMap(([name, part]) =>
    part === null || part === undefined ? [] : [[name, cleared(part)] as const],
  );
  return Object.fromEntries(set);
}

function cleared(value: Json): Json {
  if (Array.isArray(value)) return value.map(cleared);
  return isObject(value) ? withoutNulls(value) : value;
}

/** JSON merge patch, as the older APIs (compute, storage, BigQuery) read PATCH: null clears, a list is replaced. */
export function mergePatch(before: JsonObject, sent: JsonObject): JsonObject {
  const next = new Map(Object.entries(before));
  for (const [key, part] of Object.entries(sent)) {
    if (part === undefined) continue;
    const old = next.get(key);
    if (part === null) next.delete(key);
    else next.set(key, isObject(part) ? mergePatch(isObject(old) ? old : {}, part) : cleared(part));
  }
  return Object.fromEntries(next);
}
