import {
  type ApiShape,
  type FieldShape,
  fieldsOf,
  type MessageShape,
} from "../../google-apis/discovery/shape.ts";
import { isObject, type Json, type JsonObject } from "../../google-apis/engine/json.ts";

/** Of Terraform and the provider, not of the API, where they stand in a resource itself. */
const terraformsOwn = new Set([
  "//",
  "connection",
  "count",
  "deletion_protection",
  "depends_on",
  "disable_dependent_services",
  "disable_on_destroy",
  "force_destroy",
  "lifecycle",
  "project",
  "provider",
  "provisioner",
  "timeouts",
]);

function bare(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

/** The field that a block's argument means: `ip_address` is `IPAddress`, and a repeated `path_rule` is `pathRules`. */
function fieldFor(fields: MessageShape, argument: string): string | undefined {
  const names = Object.keys(fields);
  const wanted = bare(argument);
  return (
    names.find((name) => bare(name) === wanted) ??
    names.find((name) => bare(name) === `${wanted}s` && fields[name]?.type === "list")
  );
}

function valueFor(shape: ApiShape, field: FieldShape, value: Json, where: string): Json {
  if (field.type === "message") {
    const block = Array.isArray(value) ? value[0] : value;
    return isObject(block) ? message(shape, fieldsOf(shape, field), block, where) : (value ?? null);
  }
  if (field.type === "list") {
    const { of } = field;
    const parts = Array.isArray(value) ? value : [value];
    return of === undefined ? parts : parts.map((part) => valueFor(shape, of, part, where));
  }
  const isWideNumber = field.type === "string" && typeof value === "number";
  return isWideNumber ? String(value) : value;
}

function message(shape: ApiShape, fields: MessageShape, block: JsonObject, where: string): JsonObject {
  const entries = Object.entries(block).flatMap(([argument, value]): [string, Json][] => {
    // An empty text is how Terraform says that nothing is declared.
    if (value === undefined || value === null || value === "") return [];
    const name = fieldFor(fields, argument);
    const field = name === undefined ? undefined : fields[name];
    if (name === undefined || field === undefined) {
      throw new Error(`${where}.${argument} is no field that ${shape.api} ${shape.version} knows`);
    }
    return [[name, valueFor(shape, field, value, `${where}.${argument}`)]];
  });
  return Object.fromEntries(entries);
}

/**
 * What a block of Terraform's is in the API's own words: camel case, repeated blocks as lists, wide numbers as text.
 *
 * @param where names the block in an error
 * @throws Error where an argument is no field of the schema
 */
export function messageBody(shape: ApiShape, schema: string, block: JsonObject, where: string): JsonObject {
  const declared = Object.entries(block).filter(([argument]) => !terraformsOwn.has(argument));
  const fields = fieldsOf(shape, { type: "message", ref: schema });
  return message(shape, fields, Object.fromEntries(declared), where);
}

/** The same for one field of a schema whose argument has another name in Terraform. */
export function fieldBody(shape: ApiShape, schema: string, name: string, value: Json, where: string): Json {
  const field = fieldsOf(shape, { type: "message", ref: schema })[name];
  if (field === undefined) throw new Error(`${shape.api} ${shape.version} has no ${schema}.${name}`);
  return valueFor(shape, field, value, where);
}
