import type { Rule } from "../rule.ts";

const paths: Readonly<Record<string, string>> = {
  google_cloud_run_v2_service: "template.containers.env",
  google_cloud_run_v2_job: "template.template.containers.env",
  google_cloud_run_v2_worker_pool: "template.containers.env",
};

const sensitiveAttributes = /\.(auth_string|secret_data|private_key|password|key_value|root_password)\b/;
const sensitiveNames = /(^|_)(PASSWORD|SECRET|TOKEN|CREDENTIALS|KEY)$/;

/** A secret reaches a workload by reference, never as a plain variable. */
export const secretInEnvironment: Rule = {
  id: "secret-in-environment",
  reason:
    "A plain variable is shown to everybody who may look at the service, and stays in every old revision.",
  remedy: "Give the variable value_source.secret_key_ref with a pinned version.",
  *findBreaches(stack) {
    for (const at of stack.resources(...Object.keys(paths))) {
      for (const variable of at.blocks(paths[at.type] ?? "")) {
        const name = variable.text("name") ?? "";
        const value = variable.text("value");
        if (value === undefined || value === "") continue;
        if (sensitiveAttributes.test(value))
          yield { at, what: `the variable ${name} is given a secret attribute of another resource` };
        else if (sensitiveNames.test(name)) yield { at, what: `the variable ${name} is a plain value` };
      }
    }
  },
};
