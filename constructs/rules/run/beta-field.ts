import type { Rule } from "../rule.ts";

/** Fields and resources of google-beta that the GA provider takes at synthesis and refuses at plan. */
const betaFields: Readonly<Record<string, readonly string[]>> = {
  google_cloud_run_v2_service: ["default_uri_disabled", "iap_enabled", "template.containers.source_code"],
};
const betaTypes = ["google_project_service_identity"];

/** Nothing is written that only google-beta knows. */
export const betaField: Rule = {
  id: "beta-field",
  reason: "The GA provider has no such field: an override passes synthesis in silence and fails at plan.",
  remedy: "Leave it out, or make it with the API in an apply-time step until the GA provider has it.",
  *findBreaches(stack) {
    for (const at of stack.resources(...Object.keys(betaFields))) {
      for (const field of betaFields[at.type] ?? []) {
        if (at.has(field)) yield { at, what: `${field} is set, which only google-beta knows` };
      }
    }
    for (const at of stack.resources(...betaTypes))
      yield { at, what: `${at.type} exists only in google-beta` };
    for (const at of stack.blocks) {
      const provider = at.text("provider") ?? "";
      if (/google[-_]beta/.test(provider)) yield { at, what: `provider is ${provider}` };
    }
  },
};
