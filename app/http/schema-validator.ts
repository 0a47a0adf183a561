import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import type { Validator } from "typebox/schema";
import type { TLocalizedValidationError } from "typebox/error";
import { RequestRefusedError } from "./request-refusal.ts";
import type { FieldFault } from "./request-refusal.ts";
import { schemaCompilers } from "./schema-compilers.ts";

const partNames: Record<string, FieldFault["in"]> = {
  body: "body",
  querystring: "query",
  params: "path",
  headers: "header",
};

/**
 * Compiles the schemas of routes. Bodies are taken as they are; what arrives as text (query, path, headers) is
 * read as the number, boolean or list that its schema names, and only if it is written as one. Every fault of a
 * part is reported at once. Parameters of a query that its schema does not name are refused.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const part = partNames[httpPart ?? "body"] ?? "body";
  // A parameter that is not known is a misspelt one: it would silently not filter, not limit.
  const whole = part === "query" ? { additionalProperties: false, ...schema } : schema;
  // Compiled when the route is first asked: an instance is ready the sooner.
  let validator: Validator | undefined;
  return (received: unknown) => {
    validator ??= schemaCompilers().compileValidator(whole);
    const value = part === "body" ? received : readText(schema, received);
    if (validator.Check(value)) return { value };
    // The library stops at eight errors: replies stay short whatever is sent.
    const [, errors] = validator.Errors(value);
    const found = errors.flatMap((error) => describeFaults(part, error));
    const faults = [...new Map(found.map((fault) => [fault.pointer, fault])).values()];
    return { error: new RequestRefusedError("request-invalid", summary(faults), { faults }) };
  };
};

function summary(faults: readonly FieldFault[]): string {
  const parts = faults.slice(0, 3).map(({ in: part, pointer, detail }) => {
    return pointer === "" ? `the ${part} ${detail}` : `'${pointer.slice(1)}' (${part}) ${detail}`;
  });
  if (faults.length > parts.length) parts.push(`${faults.length - parts.length} more under 'errors'`);
  return `${parts.join("; ")}.`;
}

function describeFaults(part: FieldFault["in"], error: TLocalizedValidationError): FieldFault[] {
  const at = (pointer: string, detail: string): FieldFault => ({ in: part, pointer, detail });
  if (error.keyword === "required") {
    return error.params.requiredProperties.map((name) =>
      at(`${error.instancePath}/${escapePointer(name)}`, "is required"),
    );
  }
  if (error.keyword === "additionalProperties") {
    return error.params.additionalProperties.map((name) =>
      at(`${error.instancePath}/${escapePointer(name)}`, "is not known here"),
    );
  }
  // What `additionalProperties: false` says of each of them, in place.
  if (error.keyword === "boolean") return [at(error.instancePath, "is not known here")];
  if (error.keyword === "enum") {
    return [at(error.instancePath, `must be one of ${error.params.allowedValues.map(String).join(", ")}`)];
  }
  if (error.keyword === "const")
    return [at(error.instancePath, `must be ${String(error.params.allowedValue)}`)];
  return [at(error.instancePath, error.message)];
}

function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function readText(schema: TSchema, received: unknown): unknown {
  const properties = "properties" in schema ? schema.properties : undefined;
  if (!isRecord(properties) || !isRecord(received)) return received;
  const read: Record<string, unknown> = { ...received };
  for (const [name, property] of Object.entries(properties)) {
    if (!isRecord(property)) continue;
    const value = read[name];
    if (value !== undefined) read[name] = readOne(property, value);
    else if (property["default"] !== undefined) read[name] = property["default"];
  }
  return read;
}

function readOne(schema: Readonly<Record<string, unknown>>, value: unknown): unknown {
  if (schema["type"] === "array") {
    const items = isRecord(schema["items"]) ? schema["items"] : {};
    return (Array.isArray(value) ? value : [value]).map((item: unknown) => readOne(items, item));
  }
  if (typeof value !== "string") return value;
  if (schema["type"] === "integer" && /^-?\d{1,15}$/.test(value)) return Number(value);
  if (schema["type"] === "number" && /^-?\d{1,15}(\.\d{1,15})?$/.test(value)) return Number(value);
  if (schema["type"] === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
