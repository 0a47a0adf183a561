import { parse } from "@bufbuild/cel";
import { ApiError } from "./engine/api-error.ts";
import { type JsonObject, objectAt, textAt } from "./engine/json.ts";
import type { Action, Call, Kind } from "./engine/kind.ts";
import { nameOf } from "./engine/resource-name.ts";
import type { Resource } from "./engine/state.ts";

/** A deleted pool or provider keeps its id for this long. */
const reservedDays = 30;

function numbered(body: JsonObject, call: Call): JsonObject {
  return { ...body, name: call.world.projects.withNumber(textAt(body, "name")) };
}

function finished(call: Call, resource: Resource): JsonObject {
  return call.world.operations.start("iam", {
    parent: resource.name,
    response: () => numbered(resource.body, call),
  });
}

function softDelete(resource: Resource, call: Call): JsonObject {
  if (resource.body["state"] === "DELETED") {
    throw new ApiError("NOT_FOUND", `Resource '${resource.name}' was not found.`);
  }
  const expires = new Date(Date.parse(call.world.identifiers.time()) + reservedDays * 86_400_000);
  resource.body = { ...resource.body, state: "DELETED", expireTime: expires.toISOString() };
  return finished(call, resource);
}

const undelete: Action = (call) => {
  const resource = call.world.state.get("iam", nameOf(call));
  if (resource === undefined) throw new ApiError("NOT_FOUND", `Resource '${nameOf(call)}' was not found.`);
  if (resource.body["state"] !== "DELETED")
    throw new ApiError("FAILED_PRECONDITION", "The resource is not deleted.");
  const { expireTime: _expireTime, ...body } = resource.body;
  resource.body = { ...body, state: "ACTIVE" };
  return finished(call, resource);
};

function checkId(call: Call, parameter: string): string {
  const id = textAt(call.query, parameter);
  if (!/^[a-z0-9-]{4,32}$/.test(id) || id.startsWith("gcp-")) {
    throw new ApiError(
      "INVALID_ARGUMENT",
      `'${parameter}' must be 4-32 of a-z, 0-9 and '-' and not begin with 'gcp-', got '${id}'.`,
    );
  }
  return id;
}

const pools: Kind = {
  collection: "iam.projects.locations.workloadIdentityPools",
  schema: "WorkloadIdentityPool",
  identify: (call) => checkId(call, "workloadIdentityPoolId"),
  operationParent: (name) => name,
  complete: (next, before) => ({ ...next, name: before?.["name"] ?? next["name"], state: "ACTIVE" }),
  present: numbered,
  remove: softDelete,
  actions: { undelete },
};

const providers: Kind = {
  collection: "iam.projects.locations.workloadIdentityPools.providers",
  schema: "WorkloadIdentityPoolProvider",
  identify: (call) => checkId(call, "workloadIdentityPoolProviderId"),
  operationParent: (name) => name,
  check: (next, _before, call) => {
    const pool = nameOf(call).replace(/\/providers.*$/, "");
    if (call.world.state.get("iam", pool) === undefined) {
      throw new ApiError("NOT_FOUND", `Resource '${pool}' was not found.`);
    }
    const issuer = textAt(next, "oidc.issuerUri");
    if (next["oidc"] !== undefined && !issuer.startsWith("https://")) {
      throw new ApiError("INVALID_ARGUMENT", `'oidc.issuerUri' must begin with 'https://', got '${issuer}'.`);
    }
    const mapping = objectAt(next, "attributeMapping");
    if (next["oidc"] !== undefined && mapping["google.subject"] === undefined) {
      throw new ApiError("INVALID_ARGUMENT", "The attribute mapping must define 'google.subject'.");
    }
    checkCondition(textAt(next, "attributeCondition"), issuer);
  },
  complete: (next, before) => ({ ...next, name: before?.["name"] ?? next["name"], state: "ACTIVE" }),
  present: numbered,
  remove: softDelete,
  actions: { undelete },
};

/**
 * A condition is an expression in CEL. Issuers that serve many customers are taken only with one on their own claims.
 * https://docs.cloud.google.com/iam/docs/workload-identity-federation#conditions
 */
function checkCondition(condition: string, issuer: string): void {
  try {
    if (condition !== "") parse(condition);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new ApiError("INVALID_ARGUMENT", `Failed to parse the attribute condition '${condition}': ${what}`);
  }
  if (issuer !== "https://token.actions.githubusercontent.com") return;
  if (/assertion\.|attribute\./.test(condition)) return;
  const message = "The attribute condition must reference one of the provider's claims.";
  throw new ApiError("INVALID_ARGUMENT", message);
}

export const workloadIdentityKinds: readonly Kind[] = [pools, providers];
