import { findGrants } from "../grants.ts";
import type { Rule } from "../rule.ts";
import type { SynthesizedBlock, SynthesizedStack } from "../synthesized-stack.ts";

const fillAgent = /^serviceAccount:service-[^@]+@cloud-cdn-fill\.iam\.gserviceaccount\.com$/;

/** The provider's own resource, or a step of the apply that comes after a backend bucket. */
function makesKey(stack: SynthesizedStack, step: SynthesizedBlock): boolean {
  if (step.type === "google_compute_backend_bucket_signed_url_key") return true;
  if (step.type !== "terraform_data") return false;
  return [...stack.waitsFor(step)].some(({ type }) => type === "google_compute_backend_bucket");
}

/** Whoever fills the cache is granted a bucket once there is such an account. */
export const fillGrantAfterKey: Rule = {
  id: "fill-grant-after-key",
  reason:
    "Google makes the account that fills the cache with a project's first signing key: a grant before that fails.",
  remedy: "Name what makes the key of the backend bucket in depends_on of the grant.",
  *findBreaches(stack) {
    for (const { at, role, member } of findGrants(stack)) {
      if (!fillAgent.test(member)) continue;
      if (![...stack.waitsFor(at)].some((step) => makesKey(stack, step)))
        yield { at, what: `grants ${role} to ${member}, but waits for no signing key` };
    }
  },
};
