import { ComputeSecurityPolicy } from "@cdktf/provider-google/lib/compute-security-policy/index.js";
import type { ComputeSecurityPolicyRule } from "@cdktf/provider-google/lib/compute-security-policy/index.js";
import { Construct } from "constructs";

export interface WebFirewallProps {
  readonly name: string;
  /** Requests of one address in a minute; beyond them 429 for a minute. @default 3000: an office shares one address */
  readonly requestsPerMinute?: number;
  /**
   * Paths whose request bodies are files: POSTs to them are not read for attacks, for a photo's bytes look like
   * anything. @default none
   */
  readonly uploadPaths?: readonly string[];
  /** Addresses that are refused, as CIDR ranges. @default none */
  readonly deniedRanges?: readonly string[];
  /**
   * Whether the attack rules only log what they would refuse. Begin so, read the log, then turn it off.
   * @default true
   */
  readonly preview?: boolean;
}

/**
 * Google's preconfigured rules of OWASP's core rule set 3.3, at the sensitivity with the fewest false alarms. Its
 * rule on methods is left out: it knows no PUT, PATCH or DELETE.
 */
const ruleSets = [
  "sqli",
  "xss",
  "lfi",
  "rfi",
  "rce",
  "scannerdetection",
  "protocolattack",
  "sessionfixation",
];

/** What requests to an app must pass first: refused ranges, a rate per address, OWASP's rules. */
export class WebFirewall extends Construct {
  readonly policy: ComputeSecurityPolicy;

  constructor(scope: Construct, id: string, props: WebFirewallProps) {
    super(scope, id);
    const { requestsPerMinute = 3000, uploadPaths = [], deniedRanges = [], preview = true } = props;
    this.policy = new ComputeSecurityPolicy(this, "policy", {
      name: props.name,
      type: "CLOUD_ARMOR",
      advancedOptionsConfig: { jsonParsing: "STANDARD", logLevel: "NORMAL" },
      rule: [
        ...denyRules(deniedRanges),
        ...ruleSets.map((ruleSet, index) => ({
          priority: 1000 + index * 10,
          action: "deny(403)",
          description: `OWASP: ${ruleSet}`,
          preview,
          match: { expr: { expression: owaspExpression(ruleSet, uploadPaths) } },
        })),
        {
          priority: 9000,
          action: "throttle",
          description: "Rate per address",
          match: { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } },
          rateLimitOptions: {
            conformAction: "allow",
            exceedAction: "deny(429)",
            enforceOnKey: "IP",
            rateLimitThreshold: { count: requestsPerMinute, intervalSec: 60 },
          },
        },
        allowRest,
      ],
    });
  }

  /** What a backend service takes as its policy. */
  get policyLink(): string {
    return this.policy.id;
  }
}

/** Every policy ends with it; unwritten, Google adds it and every plan removes it. */
export const allowRest: ComputeSecurityPolicyRule = {
  priority: 2_147_483_647,
  action: "allow",
  description: "Everything else",
  match: { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } },
};

/** A rule takes at most ten ranges. */
export function denyRules(ranges: readonly string[]): ComputeSecurityPolicyRule[] {
  return Array.from({ length: Math.ceil(ranges.length / 10) }, (_, index) => ({
    priority: 100 + index,
    action: "deny(403)",
    description: "Refused addresses",
    match: {
      versionedExpr: "SRC_IPS_V1",
      config: { srcIpRanges: ranges.slice(index * 10, index * 10 + 10) },
    },
  }));
}

function owaspExpression(ruleSet: string, uploadPaths: readonly string[]): string {
  const rule = `evaluatePreconfiguredWaf('${ruleSet}-v33-stable', {'sensitivity': 1})`;
  if (uploadPaths.length === 0) return rule;
  for (const path of uploadPaths) {
    if (!/^\/[A-Za-z0-9/_-]*$/.test(path))
      throw new Error(`'uploadPaths' must be plain paths such as /v1/photos, got '${path}'`);
  }
  const paths = `^(${uploadPaths.join("|")})$`;
  return `!(request.method == 'POST' && request.path.matches('${paths}')) && ${rule}`;
}
