import type { Rule } from "../rule.ts";

/** An uptime check is complete and looks over TLS. */
export const uptimeCheck: Rule = {
  id: "uptime-check",
  reason:
    "Google fills in the project's label, so that every later plan replaces the check; without TLS it proves little.",
  remedy: "Set monitored_resource.labels.project_id, and use_ssl and validate_ssl to true.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_monitoring_uptime_check_config")) {
      if (at.has("monitored_resource") && !at.has("monitored_resource.labels.project_id")) {
        yield { at, what: "monitored_resource.labels.project_id is not set" };
      }
      if (!at.has("http_check")) continue;
      for (const name of ["use_ssl", "validate_ssl"]) {
        if (!at.isTrue(`http_check.${name}`))
          yield { at, what: `http_check.${name} is ${at.describe(`http_check.${name}`)}` };
      }
    }
  },
};
