import { isAllowed, isRole } from "./access.ts";
import { ApiError } from "./api-error.ts";
import { type JsonObject, listAt, objectAt, objectsAt, textAt, textsAt } from "./json.ts";
import type { Call } from "./kind.ts";

const memberForms =
  /^(allUsers|allAuthenticatedUsers|(user|group|serviceAccount):[^\s@]+@[^\s@]+|domain:[^\s@]+\.[^\s@]+|project(Owner|Editor|Viewer):[a-z][-a-z0-9]*|principal(Set)?:\/\/\S+|deleted:\S+)$/;

function refuse(message: string): never {
  throw new ApiError("INVALID_ARGUMENT", message);
}

function checkMember(call: Call, member: string): void {
  if (!memberForms.test(member)) {
    const types =
      "allUsers, allAuthenticatedUsers, user:, group:, serviceAccount:, domain:, principal://, principalSet://";
    refuse(`Invalid argument: member '${member}' has none of the forms that IAM takes (${types}).`);
  }
  const account = member.match(/^serviceAccount:([^[]+)$/)?.[1];
  // `project.svc.id.goog[…]` and the accounts of projects that are not here cannot be looked up.
  const isOurs =
    account !== undefined &&
    (/^service-\d+@/.test(account) ||
      call.world.projects.find(account.replace(/^.*@([^.]+)\..*$/, "$1")) !== undefined);
  if (isOurs && !call.world.accounts.exists(account)) refuse(`Service account ${account} does not exist.`);
  const pool = member.match(
    /^principal(?:Set)?:\/\/iam\.googleapis\.com\/(projects\/[^/]+\/locations\/global\/workloadIdentityPools\/[^/]+)/,
  )?.[1];
  if (pool !== undefined && call.world.state.get("iam", call.world.projects.withId(pool)) === undefined) {
    refuse(`Identity Pool does not exist (${pool}). Please check that you specified a valid resource name.`);
  }
}

/** Refuses members and roles that do not exist, and audit configurations without a service. */
export function checkPolicy(call: Call, policy: JsonObject): void {
  for (const binding of objectsAt(policy, "bindings")) {
    const role = textAt(binding, "role");
    if (!isRole(call.world, role)) refuse(`Role ${role} is not supported for this resource.`);
    for (const member of textsAt(binding, "members")) checkMember(call, member);
    const condition = binding["condition"];
    if (condition !== undefined && policy["version"] !== 3) {
      refuse("A policy with conditional role bindings must have version 3.");
    }
  }
  for (const audit of objectsAt(policy, "auditConfigs")) {
    if (textAt(audit, "service") === "") refuse("An audit configuration needs a service, or 'allServices'.");
  }
}

/** The three methods of IAM for one kind of resource, whose policy hangs under the key given. */
export function policyMethods(
  key: (call: Call) => string,
  options: { readonly policyIsBody?: boolean } = {},
): Readonly<Record<"getIamPolicy" | "setIamPolicy" | "testIamPermissions", (call: Call) => JsonObject>> {
  return {
    getIamPolicy: (call) => call.world.policies.get(key(call)),
    setIamPolicy: (call) => {
      const policy = options.policyIsBody === true ? call.body : sentPolicy(call);
      checkPolicy(call, policy);
      return call.world.policies.set(key(call), policy);
    },
    testIamPermissions: (call) => {
      const resource = key(call);
      const name = resource.slice(resource.indexOf("/") + 1);
      const asked = [...listAt(call.body, "permissions"), ...listAt(call.query, "permissions")];
      const permissions = asked.filter(
        (permission) =>
          typeof permission === "string" &&
          isAllowed(call.world, call.caller, permission, call.shape.api, name),
      );
      return permissions.length > 0 ? { permissions } : {};
    },
  };
}

/** A mask may keep what is set of the parts that it does not name (`auditConfigs`, `bindings`). */
function sentPolicy(call: Call): JsonObject {
  const policy = objectAt(call.body, "policy");
  // Compute once took bindings beside the policy.
  return call.body["policy"] === undefined
    ? { bindings: call.body["bindings"] ?? [], etag: call.body["etag"] ?? "" }
    : policy;
}
