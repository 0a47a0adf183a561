import type { ApiShape, FieldShape, MessageShape, MethodShape } from "../discovery/shape.ts";
import { fieldsOf } from "../discovery/shape.ts";
import { ApiError, type FieldViolation } from "./api-error.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { checkScalar } from "./scalar-check.ts";

export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** JSON for protocol buffers cannot tell an empty text or list from one that was not sent. */
function isEmpty(value: Json | undefined): boolean {
  return value === "" || (Array.isArray(value) && value.length === 0);
}

/** One reading of a request's body against the shape of its message. */
class BodyCheck {
  /** Unknown fields and wrong types. */
  readonly violations: FieldViolation[] = [];
  readonly missing: FieldViolation[] = [];
  readonly #api: ApiShape;
  readonly #methodId: string;
  readonly #method: MethodShape | undefined;

  constructor(api: ApiShape, methodId: string) {
    this.#api = api;
    this.#methodId = methodId;
    this.#method = api.methods[methodId];
  }

  message(fields: MessageShape, value: JsonObject, path: string): JsonObject {
    const kept: JsonObject = {};
    for (const [sent, part] of Object.entries(value)) {
      const name = fields[sent] === undefined ? camelCase(sent) : sent;
      const field = fields[name];
      const below = path === "" ? name : `${path}.${name}`;
      if (field === undefined) this.#unknown(sent, path);
      else if (part !== null && part !== undefined) {
        const checked = this.#field(field, part, below);
        if (field.readOnly !== true && checked !== undefined) kept[name] = checked;
      } else if (part === null) kept[name] = null;
    }
    this.#missing(fields, kept, path);
    return kept;
  }

  #field(field: FieldShape, value: Json, path: string): Json | undefined {
    switch (field.type) {
      case "message":
        return isObject(value)
          ? this.message(fieldsOf(this.#api, field), value, path)
          : this.#wrong(path, value, "message");
      case "list":
        return Array.isArray(value)
          ? value.flatMap((part, index): Json[] => {
              const kept = this.#element(field.of, part, `${path}[${index}]`);
              return kept === undefined ? [] : [kept];
            })
          : this.#wrong(path, value, "list");
      case "map":
        return isObject(value) ? this.#map(field.of, value, path) : this.#wrong(path, value, "map");
      case "any":
        return value;
      case "string":
      case "integer":
      case "number":
      case "boolean": {
        const { fault, kept } = checkScalar(field, value);
        if (fault !== undefined)
          this.#fault(path, `Invalid value at '${path}' (${fault}), ${JSON.stringify(value)}`);
        return kept;
      }
      default:
        return field.type satisfies never;
    }
  }

  #element(of: FieldShape | undefined, value: Json, path: string): Json | undefined {
    if (value === null) return this.#wrong(path, value, "list element");
    return of === undefined ? value : this.#field(of, value, path);
  }

  #map(of: FieldShape | undefined, value: JsonObject, path: string): JsonObject {
    const entries = Object.entries(value).flatMap(([key, part]) => {
      if (part === undefined) return [];
      return [[key, part === null ? null : this.#element(of, part, `${path}[${key}]`)] as const];
    });
    return Object.fromEntries(entries);
  }

  #missing(fields: MessageShape, kept: JsonObject, path: string): void {
    for (const [name, field] of Object.entries(fields)) {
      if (!this.#lacks(field, kept[name])) continue;
      // The path says it as well: https://google.aip.dev/127
      if (path === "" && this.#method?.parameters[name] !== undefined) continue;
      const below = path === "" ? name : `${path}.${name}`;
      this.missing.push({ field: below, description: `Required field 'resource.${below}' not specified` });
    }
  }

  /** A PATCH sends what changes, anything else the whole message. */
  #lacks({ required }: FieldShape, value: Json | undefined): boolean {
    const isAbsent = value === undefined || value === null;
    if (required === true) return this.#method?.verb !== "PATCH" && (isAbsent || isEmpty(value));
    return isAbsent && required?.includes(this.#methodId) === true;
  }

  #unknown(name: string, path: string): void {
    const place = path === "" ? "" : ` at '${path}'`;
    this.#fault(path, `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.`);
  }

  #wrong(path: string, value: Json, expected: string): undefined {
    this.#fault(path, `Invalid value at '${path}' (${expected}), ${JSON.stringify(value)}`);
  }

  #fault(field: string, description: string): void {
    this.violations.push({ field, description });
  }
}

/** Fields that the provider sends, that the method's message does not have, and that Google lets pass all the same. */
const letPass: Readonly<Record<string, readonly string[]>> = {
  "compute.backendBuckets.addSignedUrlKey": ["backendBucket"],
};

export interface CheckedBody {
  readonly body: JsonObject;
  /** Required fields that were not sent: what the API itself looks at, once the caller is known to be allowed. */
  readonly missing: readonly FieldViolation[];
}

/** One error that names everything that is wrong, as Google does. */
export function refusal(violations: readonly FieldViolation[]): ApiError {
  const message = violations.map(({ description }) => description).join("\n");
  return new ApiError("INVALID_ARGUMENT", message, { violations });
}

/**
 * Reads a request's body: names in camelCase, numbers of 64 bits as text, read-only fields left out, null where a field
 * is to be cleared. Throws one error that names every unknown field and wrong type.
 */
export function checkBody(api: ApiShape, methodId: string, schema: string, body: Json): CheckedBody {
  if (!isObject(body)) {
    const message = "Invalid JSON payload received. Expected an object: Root element must be a message.";
    throw new ApiError("INVALID_ARGUMENT", message, { reason: "parseError" });
  }
  const check = new BodyCheck(api, methodId);
  const fields = api.schemas[schema] ?? {};
  const passing = letPass[methodId] ?? [];
  const known = Object.fromEntries(Object.entries(body).filter(([name]) => !passing.includes(name)));
  const kept = check.message(fields, known, "");
  if (check.violations.length > 0) throw refusal(check.violations);
  return { body: kept, missing: check.missing };
}
