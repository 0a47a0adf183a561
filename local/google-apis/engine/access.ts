import { ApiError } from "./api-error.ts";
import { listAt } from "./json.ts";
import type { Call } from "./kind.ts";
import { isPredefinedRole, roleHolds } from "./roles.ts";
import type { World } from "./world.ts";

/** Whether a role exists, predefined or made here, and is not deleted. */
export function isRole(world: World, role: string): boolean {
  if (!role.startsWith("projects/")) return isPredefinedRole(role);
  const custom = world.state.get("iam", role);
  return custom !== undefined && custom.body["deleted"] !== true;
}

function holds(world: World, role: string, permission: string): boolean {
  if (!role.startsWith("projects/")) return roleHolds(role, permission);
  const custom = world.state.get("iam", role);
  return (
    custom !== undefined &&
    custom.body["deleted"] !== true &&
    listAt(custom.body, "includedPermissions").includes(permission)
  );
}

function isMeant(members: readonly string[], caller: string): boolean {
  return members.some(
    (member) =>
      member === caller ||
      member === "allUsers" ||
      (member === "allAuthenticatedUsers" && caller !== "allUsers") ||
      (member.startsWith("domain:") && caller.endsWith(`@${member.slice("domain:".length)}`)),
  );
}

/**
 * Whether a member holds a permission on a resource: by its own policy, by one above it (`projects/p` for everything in
 * the project), or by the project's. Conditions of bindings are not evaluated: a conditional grant counts.
 */
export function isAllowed(
  world: World,
  caller: string,
  permission: string,
  api: string,
  name: string,
): boolean {
  const keys = new Set<string>();
  for (let path = name; path.includes("/"); path = path.slice(0, path.lastIndexOf("/")))
    keys.add(`${api}/${path}`);
  const project =
    world.projects.of(name) ?? world.projects.of(ownerOf(world, name)) ?? onlyProject(world, name);
  if (project !== undefined) keys.add(`cloudresourcemanager/projects/${project.projectId}`);
  return [...keys].some((key) =>
    world.policies
      .bindings(key)
      .some(({ role, members }) => isMeant(members, caller) && holds(world, role, permission)),
  );
}

/** Buckets are named without their project. */
function ownerOf(world: World, name: string): string {
  const bucket = name.match(/^b\/[^/]+/)?.[0];
  const owner = bucket === undefined ? undefined : world.state.get("storage", bucket)?.body["projectNumber"];
  return typeof owner === "string" ? `projects/${owner}` : "";
}

/** What belongs to no project (billing accounts) is its owner's who owns a project. */
function onlyProject(world: World, name: string) {
  return name.startsWith("billingAccounts/") ? world.projects.all()[0] : undefined;
}

/** Throws Google's 403 unless the caller holds the permission. */
export function requirePermission(call: Call, permission: string, name: string): void {
  if (isAllowed(call.world, call.caller, permission, call.shape.api, name)) return;
  // Bucket names are everybody's: whoever asks for one that is not there is told so.
  if (name.startsWith("b/") && call.world.state.get("storage", name.split("/", 2).join("/")) === undefined)
    return;
  const message = `Permission '${permission}' denied on resource '${name}' (or it may not exist) for ${call.caller}.`;
  throw new ApiError("PERMISSION_DENIED", message, {
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "IAM_PERMISSION_DENIED",
        domain: `${call.shape.api}.googleapis.com`,
        metadata: { permission, resource: name },
      },
    ],
  });
}
