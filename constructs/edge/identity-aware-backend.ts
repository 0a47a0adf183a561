import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service/index.js";
import { ComputeRegionNetworkEndpointGroup } from "@cdktf/provider-google/lib/compute-region-network-endpoint-group/index.js";
import { IapWebBackendServiceIamMember } from "@cdktf/provider-google/lib/iap-web-backend-service-iam-member/index.js";
import { Construct } from "constructs";
import type { Principal } from "../principal.ts";

export interface IdentityAwareBackendProps {
  readonly name: string;
  readonly projectNumber: string;
  /**
   * The *literal name* of the Cloud Run service, the same in every region. A reference to the service would be a
   * cycle: the service must be told this backend's audience.
   */
  readonly serviceName: string;
  /**
   * Where the service stands; at least one. Each request goes to the region nearest to it, and to another while Google
   * cannot reach that one. It stays where the *service* fails: Google knows that by outlier detection or by Cloud Run's
   * service health, and takes neither on a backend with the proxy.
   *
   * @see https://docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts
   * @see https://docs.cloud.google.com/run/docs/configuring/configure-service-health
   */
  readonly regions: readonly string[];
  /** The policy that requests must pass first. @default none */
  readonly firewall?: { readonly policyLink: string };
}

/**
 * A Cloud Run service behind a global load balancer and Identity-Aware Proxy: nobody passes without signing in,
 * and of those only whom `grantAccess` named.
 */
export class IdentityAwareBackend extends Construct {
  readonly name: string;
  readonly backend: ComputeBackendService;
  /** Every grant made so far: traffic opens only after them. */
  readonly grants: IapWebBackendServiceIamMember[] = [];
  private readonly projectNumber: string;

  constructor(scope: Construct, id: string, props: IdentityAwareBackendProps) {
    super(scope, id);
    this.name = props.name;
    this.projectNumber = props.projectNumber;
    const groups = props.regions.map(
      (region) =>
        new ComputeRegionNetworkEndpointGroup(this, `group-${region}`, {
          name: `${props.name}-${region}`,
          region,
          networkEndpointType: "SERVERLESS",
          cloudRun: { service: props.serviceName },
        }),
    );
    this.backend = new ComputeBackendService(this, "service", {
      name: props.name,
      loadBalancingScheme: "EXTERNAL_MANAGED",
      protocol: "HTTPS",
      // A serverless group takes no health check, port name or timeout: the provider or Google refuses them.
      backend: groups.map((group) => ({ group: group.id })),
      iap: { enabled: true },
      logConfig: { enable: true, sampleRate: 1 },
      ...(props.firewall && { securityPolicy: props.firewall.policyLink }),
    });
  }

  /**
   * The exact `aud` of the assertions that the proxy signs for this backend. The id is a number beyond 2^53, so
   * it stays a text.
   */
  get audience(): string {
    return `/projects/${this.projectNumber}/global/backendServices/${this.backend.getStringAttribute("generated_id")}`;
  }

  /** May sign in and pass. */
  grantAccess(who: Principal): IapWebBackendServiceIamMember {
    const member = new IapWebBackendServiceIamMember(this, `access-${who.id}`, {
      webBackendService: this.backend.name,
      role: "roles/iap.httpsResourceAccessor",
      member: who.member,
    });
    this.grants.push(member);
    return member;
  }
}
