import type { Rule } from "../rule.ts";

const accountPath: Readonly<Record<string, string>> = {
  google_cloud_run_v2_service: "template.service_account",
  google_cloud_run_v2_job: "template.template.service_account",
  google_cloud_run_v2_worker_pool: "template.service_account",
  google_cloudfunctions2_function: "service_config.service_account_email",
};

/** What runs has an account of its own. */
export const workloadAccount: Rule = {
  id: "workload-account",
  reason:
    "Without an account of its own a workload runs as the project's default account, which often may edit everything.",
  remedy: "Create a service account for it, grant what it needs, and name it in the template.",
  *findBreaches(stack) {
    for (const at of stack.resources(...Object.keys(accountPath))) {
      const path = accountPath[at.type] ?? "service_account";
      const account = at.text(path);
      if (account === undefined) yield { at, what: `${path} is not set` };
      else if (account.includes("-compute@developer.gserviceaccount.com") || account.includes("@appspot.")) {
        yield { at, what: `${path} is the default account ${account}` };
      }
    }
  },
};
