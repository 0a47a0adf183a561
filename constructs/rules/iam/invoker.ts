import { findGrants } from "../grants.ts";
import type { Rule } from "../rule.ts";

const invokers = new Set([
  "roles/run.invoker",
  "roles/run.servicesInvoker",
  "roles/run.jobsExecutor",
  "roles/cloudfunctions.invoker",
]);

/** Only service accounts call a service directly; people come through the identity-aware proxy. */
export const invoker: Rule = {
  id: "invoker",
  reason: "A person or group that may invoke a service reaches it beside the identity-aware proxy.",
  remedy:
    "Grant the invoker's role to a service account or Google agent; let people in with roles/iap.httpsResourceAccessor.",
  *findBreaches(stack) {
    for (const { at, role, member } of findGrants(stack)) {
      if (!invokers.has(role) || member.startsWith("serviceAccount:") || member.startsWith("${")) continue;
      // Everybody is the subject of the rule public-access.
      if (/^all(Authenticated)?Users$/i.test(member)) continue;
      yield { at, what: `grants ${role} to ${member}, which is no service account` };
    }
  },
};
