import { ApiError } from "./engine/api-error.ts";
import { applyMask } from "./engine/field-mask.ts";
import { type JsonObject, textAt } from "./engine/json.ts";
import type { Action, ApiModule, Call } from "./engine/kind.ts";
import { policyMethods } from "./engine/policy-methods.ts";

/**
 * The resource that IAP protects, under one spelling: `projects/p/iap_web/compute/services/NAME`, whether the caller
 * named the backend service by its name or by its number.
 */
function protectedName(call: Call): string {
  const asked = call.parameters["resource"] ?? call.parameters["name"] ?? "";
  const backend = asked.match(/^(projects\/([^/]+)\/iap_web\/compute)\/services\/([^/]+)$/);
  if (backend === null) return asked;
  const [, parent = "", project = "", id = ""] = backend;
  const service = call.world.state
    .all({ collection: "compute.backendServices" })
    .find(
      ({ name, body }) =>
        name === `projects/${project}/global/backendServices/${id}` || textAt(body, "id") === id,
    );
  if (service === undefined) throw new ApiError("NOT_FOUND", `Requested entity was not found: ${asked}`);
  return `${parent}/services/${service.name.split("/").at(-1)}`;
}

const onPolicy = policyMethods((call) => `iap/${protectedName(call)}`);

function settingsOf(call: Call): JsonObject {
  const name = protectedName(call);
  const known = call.world.state.get("iap", `${name}:settings`);
  return known?.body ?? { name: call.world.projects.withNumber(name) };
}

const updateIapSettings: Action = (call) => {
  const name = protectedName(call);
  const before = settingsOf(call);
  const mask = textAt(call.query, "updateMask") || "accessSettings,applicationSettings";
  const body = {
    ...applyMask(call.shape, "IapSettings", mask, before, call.body),
    name: textAt(before, "name"),
  };
  call.world.state.put({ api: "iap", collection: "iap.settings", name: `${name}:settings`, body });
  return body;
};

/** Identity-Aware Proxy: who may pass, and how, by backend service. */
export const iap: ApiModule = {
  shape: "iap.v1",
  style: "proto",
  kinds: [],
  actions: {
    "iap.getIamPolicy": onPolicy.getIamPolicy,
    "iap.setIamPolicy": onPolicy.setIamPolicy,
    "iap.testIamPermissions": onPolicy.testIamPermissions,
    "iap.getIapSettings": settingsOf,
    "iap.updateIapSettings": updateIapSettings,
  },
};
