import { type JsonObject, textAt } from "../../google-apis/engine/json.ts";
import { argument, bodyOf, type Make, without } from "./making.ts";

interface ComputeKind {
  readonly schema: string;
  readonly collection: string;
  /** Not declared, and of one value for this type. */
  readonly fixed?: JsonObject;
  /** Arguments that lie elsewhere in the API's body. */
  readonly moved?: (block: JsonObject) => JsonObject;
  /** Arguments that have a method of their own, by its name. */
  readonly setters?: Readonly<Record<string, string>>;
}

function compute({
  schema,
  collection,
  fixed = {},
  setters = {},
  moved = (block) => block,
}: ComputeKind): Make {
  return async (making) => {
    const { block, client, project } = making;
    const name = argument(making, "name");
    const region = textAt(block, "region");
    const scope = `projects/${project.projectId}/${region === "" ? "global" : `regions/${region}`}`;
    const left = without(moved(block), [...Object.keys(setters), "region"]);
    const body = bodyOf({ ...making, block: left }, "compute.v1", schema);
    await client.send("POST", "COMPUTE", `${scope}/${collection}`, { ...body, ...fixed });
    const id = `${scope}/${collection}/${name}`;
    for (const [setter, method] of Object.entries(setters)) {
      const policy = textAt(block, setter);
      if (policy === "") continue;
      const securityPolicy = `https://www.googleapis.com/compute/v1/${policy}`;
      await client.send("POST", "COMPUTE", `${id}/${method}`, { securityPolicy });
    }
    const made = await client.send("GET", "COMPUTE", id);
    return { ...block, name, id, generated_id: textAt(made, "id"), address: textAt(made, "address") };
  };
}

/** What is made of networks and the load balancer. */
export const computeTypes: Readonly<Record<string, Make>> = {
  google_compute_network: compute({
    schema: "Network",
    collection: "networks",
    moved: ({ routing_mode, ...block }) => ({ ...block, routing_config: { routing_mode } }),
  }),
  google_compute_subnetwork: compute({ schema: "Subnetwork", collection: "subnetworks" }),
  google_compute_global_address: compute({ schema: "Address", collection: "addresses" }),
  google_compute_managed_ssl_certificate: compute({
    schema: "SslCertificate",
    collection: "sslCertificates",
    fixed: { type: "MANAGED" },
  }),
  google_compute_ssl_policy: compute({ schema: "SslPolicy", collection: "sslPolicies" }),
  google_compute_security_policy: compute({ schema: "SecurityPolicy", collection: "securityPolicies" }),
  google_compute_region_network_endpoint_group: compute({
    schema: "NetworkEndpointGroup",
    collection: "networkEndpointGroups",
  }),
  google_compute_backend_service: compute({
    schema: "BackendService",
    collection: "backendServices",
    setters: { security_policy: "setSecurityPolicy" },
  }),
  google_compute_backend_bucket: compute({
    schema: "BackendBucket",
    collection: "backendBuckets",
    setters: { edge_security_policy: "setEdgeSecurityPolicy" },
  }),
  google_compute_url_map: compute({ schema: "UrlMap", collection: "urlMaps" }),
  google_compute_target_http_proxy: compute({ schema: "TargetHttpProxy", collection: "targetHttpProxies" }),
  google_compute_target_https_proxy: compute({
    schema: "TargetHttpsProxy",
    collection: "targetHttpsProxies",
  }),
  google_compute_global_forwarding_rule: compute({
    schema: "ForwardingRule",
    collection: "forwardingRules",
  }),
};
