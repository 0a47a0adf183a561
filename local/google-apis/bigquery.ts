import { ApiError } from "./engine/api-error.ts";
import { type JsonObject, objectsAt, textAt } from "./engine/json.ts";
import type { ApiModule, Call, Kind } from "./engine/kind.ts";
import { policyMethods } from "./engine/policy-methods.ts";
import { nameOf } from "./engine/resource-name.ts";

function milliseconds(call: Call): string {
  return String(Date.parse(call.world.identifiers.time()));
}

function checkAccounts(access: readonly JsonObject[], call: Call): void {
  for (const entry of access) {
    const email = textAt(entry, "userByEmail");
    if (!email.endsWith(".gserviceaccount.com") || call.world.accounts.exists(email)) continue;
    const message = `IAM setPolicy failed for Dataset: Service account ${email} does not exist.`;
    throw new ApiError("INVALID_ARGUMENT", message);
  }
}

const datasets: Kind = {
  collection: "bigquery.datasets",
  schema: "Dataset",
  identify: (_call, body) => textAt(body, "datasetReference.datasetId"),
  check: (next, _before, call) => checkAccounts(objectsAt(next, "access"), call),
  complete: (next, before, call) => {
    const project = call.parameters["projectId"] ?? "";
    const id = textAt(before, "datasetReference.datasetId") || textAt(next, "datasetReference.datasetId");
    const access: JsonObject[] = [
      { role: "WRITER", specialGroup: "projectWriters" },
      { role: "OWNER", specialGroup: "projectOwners" },
      { role: "OWNER", userByEmail: call.caller.replace(/^[a-zA-Z]+:/, "") },
      { role: "READER", specialGroup: "projectReaders" },
    ];
    return {
      location: "US",
      access,
      maxTimeTravelHours: "168",
      ...next,
      kind: "bigquery#dataset",
      id: `${project}:${id}`,
      type: "DEFAULT",
      datasetReference: { datasetId: id, projectId: project },
      selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${project}/datasets/${id}`,
      creationTime: before?.["creationTime"] ?? milliseconds(call),
      lastModifiedTime: milliseconds(call),
    };
  },
  checkDeletion: (resource, call) => {
    const tables = call.world.state.below("bigquery", resource.name);
    if (tables.length === 0 || call.query["deleteContents"] === true) return;
    const message = `Dataset ${textAt(resource.body, "id")} is still in use`;
    throw new ApiError("INVALID_ARGUMENT", message, { reason: "resourceInUse" });
  },
};

function checkColumns(columns: readonly JsonObject[]): void {
  const names = new Set<string>();
  for (const column of columns) {
    const name = textAt(column, "name");
    if (!/^[a-zA-Z_]\w{0,299}$/.test(name)) {
      throw new ApiError("INVALID_ARGUMENT", `Invalid field name "${name}".`);
    }
    if (names.has(name.toLowerCase()))
      throw new ApiError("INVALID_ARGUMENT", `Duplicate field name: ${name}`);
    if (textAt(column, "type") === "") throw new ApiError("INVALID_ARGUMENT", `Field ${name} has no type.`);
    names.add(name.toLowerCase());
    checkColumns(objectsAt(column, "fields"));
  }
}

const tables: Kind = {
  collection: "bigquery.tables",
  schema: "Table",
  identify: (_call, body) => textAt(body, "tableReference.tableId"),
  check: (next) => checkColumns(objectsAt(next, "schema.fields")),
  complete: (next, before, call) => {
    const { projectId = "", datasetId = "" } = call.parameters;
    const id = textAt(before, "tableReference.tableId") || textAt(next, "tableReference.tableId");
    const dataset = call.world.state.get("bigquery", `projects/${projectId}/datasets/${datasetId}`);
    return {
      ...next,
      kind: "bigquery#table",
      id: `${projectId}:${datasetId}.${id}`,
      type: "TABLE",
      tableReference: { projectId, datasetId, tableId: id },
      location: textAt(dataset?.body, "location"),
      selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${projectId}/datasets/${datasetId}/tables/${id}`,
      creationTime: before?.["creationTime"] ?? milliseconds(call),
      lastModifiedTime: milliseconds(call),
      numBytes: "0",
      numLongTermBytes: "0",
      numRows: "0",
    };
  },
};

const onPolicy = policyMethods((call) => {
  const name = nameOf(call);
  if (call.world.state.get("bigquery", name) === undefined)
    throw new ApiError("NOT_FOUND", `Not found: ${name}`);
  return `bigquery/${name}`;
});

/** Datasets and tables with their shapes; no query is run here. */
export const bigquery: ApiModule = {
  shape: "bigquery.v2",
  style: "bigquery",
  kinds: [datasets, { ...tables, actions: onPolicy }],
};
