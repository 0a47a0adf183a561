import { findGrants } from "../grants.ts";
import type { Rule } from "../rule.ts";
import type { SynthesizedBlock, SynthesizedStack } from "../synthesized-stack.ts";

const loadBalancer = /^serviceAccount:service-[^@]+@https-lb\.iam\.gserviceaccount\.com$/;
const signedFill = /^serviceAccount:service-[^@]+@cloud-cdn-fill\.iam\.gserviceaccount\.com$/;

function findBucket(stack: SynthesizedStack, grant: SynthesizedBlock): SynthesizedBlock | undefined {
  return stack.resources("google_storage_bucket").find((bucket) => stack.refersTo(grant, "bucket", bucket));
}

/** Why this bucket is private, in words; `undefined` when it is behind the edge for everybody. */
function describePrivacy(stack: SynthesizedStack, bucket: SynthesizedBlock | undefined): string | undefined {
  if (bucket === undefined) return "nothing says that this bucket may be seen by everybody";
  const backends = stack
    .resources("google_compute_backend_bucket")
    .filter((backend) => stack.refersTo(backend, "bucket_name", bucket));
  if (backends.length === 0) return `${bucket.address} is the origin of no backend bucket`;
  const signed = backends.find((backend) => backend.has("cdn_policy.signed_url_cache_max_age_sec"));
  if (signed !== undefined) return `${signed.address} serves ${bucket.address} by signed requests`;
  const fills = findGrants(stack).some(
    ({ at, member }) => signedFill.test(member) && stack.refersTo(at, "bucket", bucket),
  );
  return fills ? `${bucket.address} is also granted to the agent for signed requests` : undefined;
}

/** The load balancer's agent reads only what everybody may see. */
export const loadBalancerAgent: Rule = {
  id: "load-balancer-agent",
  reason:
    "With this grant the load balancer serves unsigned requests, so that every object of the bucket is public.",
  remedy: "Grant a bucket of signed media to service-NUMBER@cloud-cdn-fill.iam.gserviceaccount.com only.",
  *findBreaches(stack) {
    for (const { at, role, member } of findGrants(stack)) {
      if (!loadBalancer.test(member)) continue;
      if (!at.type.startsWith("google_storage_")) {
        yield { at, what: `grants ${role} to ${member} on more than one bucket` };
        continue;
      }
      const privacy = describePrivacy(stack, findBucket(stack, at));
      if (privacy !== undefined) yield { at, what: `grants ${role} to ${member}, but ${privacy}` };
    }
  },
};
