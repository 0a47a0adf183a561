import { readFileSync } from "node:fs";

/** What one field of a message may hold, as Google's Discovery documents tell it to machines. */
export interface FieldShape {
  readonly type: "string" | "integer" | "number" | "boolean" | "any" | "message" | "list" | "map";
  /** `int64`, `byte`, `google-duration`, …: how a string or number is to be read. */
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  /** The schema of a message that has a name. */
  readonly ref?: string;
  /** The fields of a message that has none. */
  readonly fields?: Readonly<Record<string, FieldShape>>;
  /** The element of a list, the value of a map. */
  readonly of?: FieldShape;
  /** Set by the server; what a client sends there is dropped. */
  readonly readOnly?: true;
  /** Refused when absent: always, or in the methods named. */
  readonly required?: true | readonly string[];
}

export interface ParameterShape {
  readonly in: "path" | "query";
  readonly type: "string" | "integer" | "number" | "boolean";
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly required?: true;
  readonly repeated?: true;
}

export interface MethodShape {
  readonly verb: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** The template of the raw path, version included: `v2/{+parent}/services`. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, ParameterShape>>;
  /** Names of schemas. */
  readonly body?: string;
  readonly reply?: string;
}

export type MessageShape = Readonly<Record<string, FieldShape>>;

/** One API in one version: methods by their id (`run.projects.locations.services.create`), schemas by name. */
export interface ApiShape {
  readonly api: string;
  readonly version: string;
  readonly revision: string;
  readonly methods: Readonly<Record<string, MethodShape>>;
  readonly schemas: Readonly<Record<string, MessageShape>>;
}

const shapes = new Map<string, ApiShape>();

/** The committed shape of an API, such as `run.v2`; read once. */
export function apiShape(name: string): ApiShape {
  const known = shapes.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`shapes/${name}.json`, import.meta.url), "utf8");
  const shape: ApiShape = JSON.parse(text, bare);
  shapes.set(name, shape);
  return shape;
}

/** Without what every object inherits: a client may send a field named `constructor`, and no message has one. */
function bare(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.assign(Object.create(null), value);
}

/** The fields of a message, whether it has a name or stands in place. */
export function fieldsOf(api: ApiShape, field: FieldShape): MessageShape {
  if (field.fields !== undefined) return field.fields;
  const named = field.ref === undefined ? undefined : api.schemas[field.ref];
  if (named === undefined)
    throw new Error(`the shape of ${api.api} ${api.version} lacks the schema '${field.ref}'`);
  return named;
}
