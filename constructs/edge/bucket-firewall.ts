import { ComputeSecurityPolicy } from "@cdktf/provider-google/lib/compute-security-policy/index.js";
import { Construct } from "constructs";
import { allowRest, denyRules } from "./web-firewall.ts";

export interface BucketFirewallProps {
  readonly name: string;
  /** Addresses that are refused, as CIDR ranges. @default none */
  readonly deniedRanges?: readonly string[];
  /** Countries that are refused, as two letters. @default none */
  readonly deniedCountries?: readonly string[];
}

/** What requests to a bucket at the edge must pass before the cache. There, only addresses and geography are known. */
export class BucketFirewall extends Construct {
  readonly policy: ComputeSecurityPolicy;

  constructor(
    scope: Construct,
    id: string,
    { name, deniedRanges = [], deniedCountries = [] }: BucketFirewallProps,
  ) {
    super(scope, id);
    for (const country of deniedCountries) {
      if (!/^[A-Z]{2}$/.test(country)) throw new Error(`A country must be two capitals, got '${country}'`);
    }
    this.policy = new ComputeSecurityPolicy(this, "policy", {
      name,
      type: "CLOUD_ARMOR_EDGE",
      rule: [
        ...denyRules(deniedRanges),
        ...deniedCountries.map((country, index) => ({
          priority: 500 + index,
          action: "deny(403)",
          description: `Refused country ${country}`,
          match: { expr: { expression: `origin.region_code == '${country}'` } },
        })),
        allowRest,
      ],
    });
  }

  /** What a backend bucket takes as its policy. */
  get policyLink(): string {
    return this.policy.id;
  }
}
