import { ApiError } from "./engine/api-error.ts";
import type { Action, ApiModule, Call } from "./engine/kind.ts";
import { policyMethods } from "./engine/policy-methods.ts";
import type { Project } from "./engine/projects.ts";

function projectOf(call: Call): Project {
  const { name = "", resource = "", projectId = "" } = call.parameters;
  const asked = (name || resource || projectId).replace(/^projects\//, "");
  const project = call.world.projects.find(asked);
  if (project === undefined) {
    throw new ApiError(
      "PERMISSION_DENIED",
      `The caller does not have permission on 'projects/${asked}' (or it may not exist).`,
    );
  }
  return project;
}

const onPolicy = policyMethods((call) => `cloudresourcemanager/projects/${projectOf(call).projectId}`);

const policyActions: Readonly<Record<string, Action>> = {
  "cloudresourcemanager.projects.getIamPolicy": onPolicy.getIamPolicy,
  "cloudresourcemanager.projects.setIamPolicy": onPolicy.setIamPolicy,
  "cloudresourcemanager.projects.testIamPermissions": onPolicy.testIamPermissions,
};

/** Projects, as their ids and numbers were given to the stand-in, and their IAM policies. */
export const resourceManagerModules: readonly ApiModule[] = [
  {
    shape: "cloudresourcemanager.v1",
    style: "proto",
    kinds: [],
    actions: {
      ...policyActions,
      "cloudresourcemanager.projects.get": (call) => {
        const { projectId, projectNumber } = projectOf(call);
        return {
          projectId,
          projectNumber,
          name: projectId,
          lifecycleState: "ACTIVE",
          createTime: "2026-01-01T00:00:00Z",
        };
      },
    },
  },
  {
    shape: "cloudresourcemanager.v3",
    style: "proto",
    kinds: [],
    actions: {
      ...policyActions,
      "cloudresourcemanager.projects.get": (call) => {
        const { projectId, projectNumber } = projectOf(call);
        return {
          name: `projects/${projectNumber}`,
          projectId,
          displayName: projectId,
          state: "ACTIVE",
          createTime: "2026-01-01T00:00:00Z",
          etag: 'W/"1"',
        };
      },
    },
  },
];
