import { ApiError } from "./engine/api-error.ts";
import { contentTag } from "./engine/identifiers.ts";
import { type JsonObject, listAt, textAt, textsAt } from "./engine/json.ts";
import type { Action, ApiModule, Call, Kind } from "./engine/kind.ts";
import { nameOf } from "./engine/resource-name.ts";
import { isPredefinedRole } from "./engine/roles.ts";
import type { Resource } from "./engine/state.ts";
import { workloadIdentityKinds } from "./iam-workload-identity.ts";

function refuse(message: string): never {
  throw new ApiError("INVALID_ARGUMENT", message);
}

/** `projects/-/serviceAccounts/EMAIL` leaves it to the address to say which project. */
function accountName(call: Call): string {
  const name = nameOf(call);
  const email = name.split("/").at(-1) ?? "";
  const byId = call.world.state
    .all({ collection: "iam.projects.serviceAccounts" })
    .find(({ body }) => textAt(body, "uniqueId") === email || textAt(body, "email") === email);
  return byId?.name ?? name.replace("/projects/-/", "/");
}

function turnedOff(isDisabled: boolean): Action {
  return (call) => {
    const account = call.world.state.get("iam", accountName(call));
    if (account === undefined)
      throw new ApiError("NOT_FOUND", `Unknown service account: ${accountName(call)}`);
    account.body = { ...account.body, disabled: isDisabled };
    return {};
  };
}

/** What is left of a deleted account in policies: its name with the number that it had. */
function markDeleted(resource: Resource, call: Call): void {
  const email = textAt(resource.body, "email");
  const member = `serviceAccount:${email}`;
  const deleted = `deleted:serviceAccount:${email}?uid=${textAt(resource.body, "uniqueId")}`;
  for (const [key, policy] of call.world.policies.all()) {
    if (!JSON.stringify(policy).includes(member)) continue;
    const bindings = listAt(policy, "bindings").map((binding): JsonObject => {
      const members = listAt(binding, "members").map((name) => (name === member ? deleted : name));
      return {
        ...(typeof binding === "object" && binding !== null && !Array.isArray(binding) ? binding : {}),
        members,
      };
    });
    call.world.policies.put(key, { ...policy, bindings });
  }
}

const serviceAccounts: Kind = {
  collection: "iam.projects.serviceAccounts",
  schema: "ServiceAccount",
  locate: accountName,
  identify: (call) => {
    const id = textAt(call.body, "accountId");
    if (!/^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$/.test(id)) {
      refuse(
        `Invalid service account id '${id}': it must be 6-30 characters of a-z, 0-9 and '-', beginning with a letter.`,
      );
    }
    return `${id}@${nameOf(call).split("/")[1] ?? ""}.iam.gserviceaccount.com`;
  },
  complete: (next, before, call) => {
    const name = before === undefined ? textAt(next, "name") : textAt(before, "name");
    const [, project = "", , email = ""] = name.split("/");
    const uniqueId = before?.["uniqueId"] ?? `1${call.world.identifiers.number()}0`;
    return {
      ...before,
      ...next,
      name,
      projectId: project,
      email,
      uniqueId,
      oauth2ClientId: uniqueId,
      etag: "MDEwMjE5MjA=",
    };
  },
  afterDeletion: markDeleted,
  actions: { enable: turnedOff(false), disable: turnedOff(true) },
};

/** A custom role that was deleted can be called back for seven days, and its id is taken until then. */
const roles: Kind = {
  collection: "iam.projects.roles",
  schema: "Role",
  identify: (call) => {
    const id = textAt(call.body, "roleId");
    if (!/^[a-zA-Z0-9_.]{3,64}$/.test(id))
      refuse(`The role id '${id}' must be 3-64 of a-z, A-Z, 0-9, '_' and '.'.`);
    return id;
  },
  check: (next) => {
    for (const permission of textsAt(next, "includedPermissions")) {
      if (!/^[a-zA-Z]+(\.googleapis\.com\/\w+)?(\.[a-zA-Z]+)+$/.test(permission)) {
        refuse(`Permission ${permission} is not valid.`);
      }
    }
  },
  complete: (next, before) => ({
    stage: "ALPHA",
    ...next,
    name: before?.["name"] ?? next["name"],
    etag: contentTag(next),
  }),
  remove: (resource) => {
    if (resource.body["deleted"] === true)
      throw new ApiError("FAILED_PRECONDITION", "The role is already deleted.");
    resource.body = { ...resource.body, deleted: true };
    return resource.body;
  },
  actions: {
    undelete: (call) => {
      const role = call.world.state.get("iam", nameOf(call));
      if (role === undefined)
        throw new ApiError("NOT_FOUND", `The role named ${nameOf(call)} was not found.`);
      const { deleted, ...body } = role.body;
      if (deleted !== true) throw new ApiError("FAILED_PRECONDITION", "The role is not deleted.");
      role.body = body;
      return body;
    },
  },
};

/** Identity and Access Management v1. */
export const iam: ApiModule = {
  shape: "iam.v1",
  style: "proto",
  kinds: [serviceAccounts, roles, ...workloadIdentityKinds],
  actions: {
    "iam.roles.get": (call) => {
      const { name = "" } = call.parameters;
      if (!isPredefinedRole(name)) throw new ApiError("NOT_FOUND", `The role named ${name} was not found.`);
      return { name, title: name, stage: "GA", etag: "AA==" };
    },
    "iam.projects.locations.workloadIdentityPools.operations.get": operation,
    "iam.projects.locations.workloadIdentityPools.providers.operations.get": operation,
  },
};

function operation(call: Call): JsonObject {
  return call.world.operations.get("iam", nameOf(call));
}
