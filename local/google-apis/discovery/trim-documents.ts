/**
 * `npm run discovery`: writes shapes/*.json from the Discovery documents of the installed PyPI package
 * google-api-python-client: paths, parameters, field names, types, enums; no prose. Only what selection.ts names,
 * and the schemas that it reaches.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type Json, type JsonObject } from "../engine/json.ts";
import { selection } from "./selection.ts";

const folder = join(import.meta.dirname, "shapes");

function documentsFolder(): string {
  const script = "import googleapiclient, os; print(os.path.dirname(googleapiclient.__file__))";
  try {
    const installed = execFileSync("python3", ["-c", script], { encoding: "utf8" }).trim();
    return join(installed, "discovery_cache", "documents");
  } catch (cause) {
    throw new Error("the Discovery documents are not installed: pip install google-api-python-client", {
      cause,
    });
  }
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Discovery has flags for some of these; older documents say it with the first words of the description. */
function flagsOf(field: JsonObject): JsonObject {
  const prose = textOf(field["description"]);
  const required = objectOf(field["annotations"])["required"];
  const isOutput = field["readOnly"] === true || /^(\[Output Only\]|Output only\.)/i.test(prose);
  return {
    ...(isOutput ? { readOnly: true } : {}),
    ...(Array.isArray(required) ? { required } : prose.startsWith("Required.") ? { required: true } : {}),
  };
}

function scalarFacts(field: JsonObject): JsonObject {
  const { format, pattern } = field;
  return {
    ...(format === undefined ? {} : { format }),
    ...(field["enum"] === undefined ? {} : { enum: field["enum"] }),
    ...(pattern === undefined ? {} : { pattern }),
  };
}

function trimField(field: JsonObject, seen: (schema: string) => void): JsonObject {
  const flags = flagsOf(field);
  const named = textOf(field["$ref"]);
  if (named !== "") {
    seen(named);
    return { type: "message", ref: named, ...flags };
  }
  if (field["type"] === "array")
    return { type: "list", of: trimField(objectOf(field["items"]), seen), ...flags };
  if (field["additionalProperties"] !== undefined) {
    return { type: "map", of: trimField(objectOf(field["additionalProperties"]), seen), ...flags };
  }
  if (field["type"] === "object") return { type: "message", fields: trimFields(field, seen), ...flags };
  return { type: textOf(field["type"]), ...scalarFacts(field), ...flags };
}

function trimFields(schema: JsonObject, seen: (schema: string) => void): JsonObject {
  const fields = objectOf(schema["properties"]);
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, trimField(objectOf(field), seen)]),
  );
}

function trimParameter(parameter: JsonObject): JsonObject {
  return {
    in: textOf(parameter["location"]),
    type: textOf(parameter["type"]),
    ...scalarFacts(parameter),
    ...(parameter["required"] === true ? { required: true } : {}),
    ...(parameter["repeated"] === true ? { repeated: true } : {}),
  };
}

function trimMethod(method: JsonObject, servicePath: string, seen: (schema: string) => void): JsonObject {
  const body = textOf(objectOf(method["request"])["$ref"]);
  const reply = textOf(objectOf(method["response"])["$ref"]);
  if (body !== "") seen(body);
  if (reply !== "") seen(reply);
  const parameters = Object.entries(objectOf(method["parameters"]));
  return {
    verb: textOf(method["httpMethod"]),
    path: servicePath + textOf(method["path"]),
    parameters: Object.fromEntries(parameters.map(([name, value]) => [name, trimParameter(objectOf(value))])),
    ...(body === "" ? {} : { body }),
    ...(reply === "" ? {} : { reply }),
  };
}

function collectionAt(document: JsonObject, path: string): JsonObject {
  return path
    .split(".")
    .reduce<JsonObject>((level, part) => objectOf(objectOf(level["resources"])[part]), document);
}

function trimDocument(
  document: JsonObject,
  collections: Readonly<Record<string, readonly string[]>>,
): JsonObject {
  const waiting = new Set<string>();
  const servicePath = textOf(document["servicePath"]).replace(/^[a-z]+\//, "");
  const methods: JsonObject = {};
  for (const [path, names] of Object.entries(collections)) {
    const known = objectOf(collectionAt(document, path)["methods"]);
    for (const name of names) {
      const method = known[name];
      if (!isObject(method)) throw new Error(`${textOf(document["id"])} has no method '${path}.${name}'`);
      methods[textOf(method["id"])] = trimMethod(method, servicePath, (schema) => waiting.add(schema));
    }
  }
  const schemas: JsonObject = {};
  for (const name of waiting) {
    schemas[name] = trimFields(objectOf(objectOf(document["schemas"])[name]), (schema) =>
      waiting.add(schema),
    );
  }
  const { name, version, revision } = document;
  return { api: name ?? null, version: version ?? null, revision: revision ?? null, methods, schemas };
}

/** One line for each method and schema, in the order of their names: a new revision then differs readably. */
function section(part: Json | undefined): string {
  return Object.entries(objectOf(part))
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join(",\n");
}

function write(shape: JsonObject): string {
  const { api, version, revision } = shape;
  const head = JSON.stringify({ api, version, revision }).slice(1, -1);
  return `{${head},\n"methods":{\n${section(shape["methods"])}\n},\n"schemas":{\n${section(shape["schemas"])}\n}}\n`;
}

const documents = documentsFolder();
for (const stale of readdirSync(folder)) rmSync(join(folder, stale));
for (const [name, collections] of Object.entries(selection)) {
  const document: Json = JSON.parse(readFileSync(join(documents, `${name}.json`), "utf8"));
  writeFileSync(join(folder, `${name}.json`), write(trimDocument(objectOf(document), collections)));
}
