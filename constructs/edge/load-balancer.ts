import { ComputeGlobalAddress } from "@cdktf/provider-google/lib/compute-global-address/index.js";
import { ComputeGlobalForwardingRule } from "@cdktf/provider-google/lib/compute-global-forwarding-rule/index.js";
import { ComputeSslPolicy } from "@cdktf/provider-google/lib/compute-ssl-policy/index.js";
import { ComputeTargetHttpsProxy } from "@cdktf/provider-google/lib/compute-target-https-proxy/index.js";
import { ComputeUrlMap } from "@cdktf/provider-google/lib/compute-url-map/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { CdnBucket } from "./cdn-bucket.ts";
import { HttpRedirect } from "./http-redirect.ts";
import type { IdentityAwareBackend } from "./identity-aware-backend.ts";
import { ManagedCertificate } from "./managed-certificate.ts";

export interface LoadBalancerProps {
  readonly name: string;
  readonly domain: string;
  /** Whatever no route takes. */
  readonly app: IdentityAwareBackend;
  /** Paths that are a bucket's, such as `/assets/*`. */
  readonly routes: readonly { readonly paths: readonly string[]; readonly bucket: CdnBucket }[];
  /** Exact paths of the app that the load balancer's metrics tell apart from all others. @default none */
  readonly pathsApart?: readonly string[];
  /** Traffic opens last: what must be there before, services and their grants. */
  readonly openAfter: readonly ITerraformDependable[];
}

/**
 * One global address for an app behind sign-in and for buckets at the edge: TLS 1.2 and newer with the modern
 * profile, plain HTTP only redirected.
 */
export class LoadBalancer extends Construct {
  /** Literal: metrics and logs name its URL map so. */
  readonly name: string;
  /** What the domain's A record must name. */
  readonly address: ComputeGlobalAddress;
  readonly urlMap: ComputeUrlMap;
  /** The first moment that somebody can come in. */
  readonly opened: ComputeGlobalForwardingRule;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { name, domain, app, routes, pathsApart = [] } = props;
    this.name = name;
    this.address = new ComputeGlobalAddress(this, "address", { name });
    this.urlMap = new ComputeUrlMap(this, "url-map", {
      name,
      defaultService: app.backend.id,
      hostRule: [{ hosts: [domain], pathMatcher: "paths" }],
      pathMatcher: [
        {
          name: "paths",
          defaultService: app.backend.id,
          pathRule: [
            ...pathsApart.map((path) => ({ paths: [path], service: app.backend.id })),
            ...routes.map(({ paths, bucket }) => ({ paths: [...paths], service: bucket.backend.id })),
          ],
        },
      ],
    });
    const tls = new ComputeSslPolicy(this, "tls", { name, minTlsVersion: "TLS_1_2", profile: "MODERN" });
    const certificate = new ManagedCertificate(this, "certificate", { name, domains: [domain] });
    const proxy = new ComputeTargetHttpsProxy(this, "proxy", {
      name,
      urlMap: this.urlMap.id,
      sslCertificates: [certificate.id],
      sslPolicy: tls.id,
    });
    this.opened = new ComputeGlobalForwardingRule(this, "https", {
      name,
      loadBalancingScheme: "EXTERNAL_MANAGED",
      ipAddress: this.address.id,
      ipProtocol: "TCP",
      portRange: "443",
      target: proxy.id,
      dependsOn: [...props.openAfter],
    });
    new HttpRedirect(this, "redirect", { name: `${name}-http`, address: this.address });
  }
}
