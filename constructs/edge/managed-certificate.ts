import { ComputeManagedSslCertificate } from "@cdktf/provider-google/lib/compute-managed-ssl-certificate/index.js";
import type { Construct } from "constructs";
import { createHash } from "node:crypto";

export interface ManagedCertificateProps {
  /** What the name begins with. */
  readonly name: string;
  /** At most 100. Google issues the certificate once all of them point to the load balancer. */
  readonly domains: readonly string[];
}

/**
 * A certificate that Google issues and renews. Its name carries a hash of its domains and the new one is made
 * before the old one goes: with one fixed name, a change of domains would wait for a proxy that still uses it.
 */
export class ManagedCertificate extends ComputeManagedSslCertificate {
  constructor(scope: Construct, id: string, { name, domains }: ManagedCertificateProps) {
    if (domains.length === 0 || domains.length > 100) {
      throw new Error(`'domains' must be 1 to 100 host names, got ${domains.length}`);
    }
    const sorted = domains.toSorted();
    const hash = createHash("sha256").update(sorted.join(",")).digest("hex").slice(0, 8);
    super(scope, id, {
      name: `${name}-${hash}`,
      managed: { domains: sorted },
      lifecycle: { createBeforeDestroy: true },
    });
  }
}
