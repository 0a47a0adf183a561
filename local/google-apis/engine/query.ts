import type { MethodShape } from "../discovery/shape.ts";
import { ApiError } from "./api-error.ts";
import { camelCase } from "./body-check.ts";
import type { Json, JsonObject } from "./json.ts";
import { checkScalar } from "./scalar-check.ts";

/** Parameters that every method takes: https://cloud.google.com/apis/docs/system-parameters */
const systemParameters = new Set([
  "$.xgafv",
  "$alt",
  "access_token",
  "alt",
  "callback",
  "fields",
  "key",
  "oauth_token",
  "prettyPrint",
  "quotaUser",
  "upload_protocol",
  "uploadType",
  "userIp",
  "userProject",
]);

function unknownParameter(name: string): ApiError {
  const description = `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`;
  return new ApiError("INVALID_ARGUMENT", description, { violations: [{ field: "", description }] });
}

/** Reads the query by the method's parameters: unknown names, wrong types and missing ones are refused. */
export function checkQuery(method: MethodShape, search: URLSearchParams): JsonObject {
  const query: JsonObject = {};
  for (const [sent, value] of search) {
    if (systemParameters.has(sent)) continue;
    const name = method.parameters[sent] === undefined ? camelCase(sent) : sent;
    const shape = method.parameters[name];
    if (shape?.in !== "query") throw unknownParameter(sent);
    const { fault, kept } = checkScalar(shape, shape.type === "boolean" ? readBoolean(value) : value);
    if (fault !== undefined) {
      const description = `Invalid value at '${name}' (${fault}), "${value}"`;
      throw new ApiError("INVALID_ARGUMENT", description, { violations: [{ field: name, description }] });
    }
    const before = query[name];
    query[name] = shape.repeated === true ? [...(Array.isArray(before) ? before : []), kept ?? null] : kept;
  }
  for (const [name, shape] of Object.entries(method.parameters)) {
    if (shape.in === "query" && shape.required === true && query[name] === undefined) {
      throw new ApiError("INVALID_ARGUMENT", `Required parameter: ${name}`, { reason: "required" });
    }
  }
  return query;
}

function readBoolean(value: string): Json {
  return value === "true" ? true : value === "false" ? false : value;
}
