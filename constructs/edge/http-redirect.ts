import type { ComputeGlobalAddress } from "@cdktf/provider-google/lib/compute-global-address/index.js";
import { ComputeGlobalForwardingRule } from "@cdktf/provider-google/lib/compute-global-forwarding-rule/index.js";
import { ComputeTargetHttpProxy } from "@cdktf/provider-google/lib/compute-target-http-proxy/index.js";
import { ComputeUrlMap } from "@cdktf/provider-google/lib/compute-url-map/index.js";
import { Construct } from "constructs";

export interface HttpRedirectProps {
  readonly name: string;
  readonly address: ComputeGlobalAddress;
}

/** Answers plain HTTP at an address with the way to HTTPS, and with nothing else. */
export class HttpRedirect extends Construct {
  constructor(scope: Construct, id: string, { name, address }: HttpRedirectProps) {
    super(scope, id);
    const urlMap = new ComputeUrlMap(this, "url-map", {
      name,
      defaultUrlRedirect: {
        httpsRedirect: true,
        redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT",
        stripQuery: false,
      },
    });
    const proxy = new ComputeTargetHttpProxy(this, "proxy", { name, urlMap: urlMap.id });
    new ComputeGlobalForwardingRule(this, "http", {
      name,
      loadBalancingScheme: "EXTERNAL_MANAGED",
      ipAddress: address.id,
      ipProtocol: "TCP",
      portRange: "80",
      target: proxy.id,
    });
  }
}
