import { operationActions } from "./engine/compute-operation.ts";
import { selfLink } from "./engine/compute-references.ts";
import type { ApiModule } from "./engine/kind.ts";
import { backendKinds } from "./compute/backends.ts";
import { frontendKinds } from "./compute/frontends.ts";
import { networkKinds } from "./compute/networks.ts";
import { securityPolicies } from "./compute/security-policies.ts";
import { urlMaps } from "./compute/url-maps.ts";
import { ApiError } from "./engine/api-error.ts";

const regionZones = ["b", "c", "d"];

/** Compute Engine v1, as far as networks and the global load balancer go. */
export const compute: ApiModule = {
  shape: "compute.v1",
  style: "compute",
  kinds: [...networkKinds, ...backendKinds, ...frontendKinds, securityPolicies, urlMaps],
  actions: {
    ...operationActions,
    "compute.projects.get": (call) => {
      const project = call.world.projects.find(call.parameters["project"] ?? "");
      if (project === undefined) {
        throw new ApiError(
          "NOT_FOUND",
          `The resource 'projects/${call.parameters["project"]}' was not found`,
        );
      }
      const { projectId, projectNumber } = project;
      return {
        kind: "compute#project",
        id: projectNumber,
        name: projectId,
        selfLink: selfLink(`projects/${projectId}`),
        defaultServiceAccount: `${projectNumber}-compute@developer.gserviceaccount.com`,
        xpnProjectStatus: "UNSPECIFIED_XPN_PROJECT_STATUS",
      };
    },
    "compute.regions.get": (call) => {
      const { project = "", region = "" } = call.parameters;
      const zones = regionZones.map((zone) => selfLink(`projects/${project}/zones/${region}-${zone}`));
      return {
        kind: "compute#region",
        name: region,
        status: "UP",
        zones,
        selfLink: selfLink(`projects/${project}/regions/${region}`),
      };
    },
  },
};
