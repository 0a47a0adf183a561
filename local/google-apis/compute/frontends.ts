import { ApiError } from "../engine/api-error.ts";
import { checkComputeReferences } from "../engine/compute-references.ts";
import { isObject, type JsonObject, listAt, textAt, withAt } from "../engine/json.ts";
import type { Call, Kind } from "../engine/kind.ts";
import { expandedPath } from "../engine/resource-name.ts";
import { changing, labelled } from "./networks.ts";

function requireField(next: JsonObject, field: string): void {
  const value = next[field];
  if (value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) {
    throw new ApiError("INVALID_ARGUMENT", `Required field 'resource.${field}' not specified`, {
      reason: "required",
    });
  }
}

/** Documentation addresses (RFC 5737): whoever sees one knows that it leads nowhere. */
function nextAddress(call: Call): string {
  const taken = call.world.state.all({ collection: "compute.globalAddresses" }).length;
  return `203.0.113.${(taken % 253) + 1}`;
}

const globalAddresses: Kind = {
  collection: "compute.globalAddresses",
  schema: "Address",
  complete: (next, before, call) => ({
    addressType: "EXTERNAL",
    ipVersion: "IPV4",
    networkTier: "PREMIUM",
    ...next,
    address: before?.["address"] ?? next["address"] ?? nextAddress(call),
    status: "RESERVED",
  }),
  actions: { setLabels: labelled },
};

const sslCertificates: Kind = {
  collection: "compute.sslCertificates",
  schema: "SslCertificate",
  check: (next) => {
    const isManaged = textAt(next, "type") === "MANAGED";
    if (isManaged && listAt(next["managed"], "domains").length === 0) {
      throw new ApiError("INVALID_ARGUMENT", "Required field 'resource.managed.domains' not specified", {
        reason: "required",
      });
    }
    if (!isManaged) requireField(next, "certificate");
  },
  complete: (next, _before, call) => {
    const { managed } = next;
    if (!isObject(managed)) return withAt(next, "privateKey", undefined);
    const domains = listAt(managed, "domains").filter((domain) => typeof domain === "string");
    const expireTime = new Date(Date.parse(call.world.identifiers.time()) + 90 * 86_400_000).toISOString();
    const domainStatus = Object.fromEntries(domains.map((domain) => [domain, "ACTIVE"]));
    return {
      ...next,
      expireTime,
      subjectAlternativeNames: domains,
      managed: { ...managed, status: "ACTIVE", domainStatus },
    };
  },
};

const sslPolicies: Kind = {
  collection: "compute.sslPolicies",
  schema: "SslPolicy",
  check: (next) => {
    if (textAt(next, "profile") === "CUSTOM" && listAt(next, "customFeatures").length === 0) {
      throw new ApiError("INVALID_ARGUMENT", "A CUSTOM profile needs 'resource.customFeatures'.");
    }
  },
  complete: (next) => ({
    profile: "COMPATIBLE",
    minTlsVersion: "TLS_1_0",
    ...next,
    enabledFeatures:
      listAt(next, "customFeatures").length > 0 ? next["customFeatures"] : ["TLS_AES_128_GCM_SHA256"],
  }),
};

const targetHttpProxies: Kind = {
  collection: "compute.targetHttpProxies",
  schema: "TargetHttpProxy",
  locate: globally,
  identify: (_call, body) => textAt(body, "name"),
  check: (next) => requireField(next, "urlMap"),
  actions: {
    setUrlMap: changing(
      "setUrlMap",
      (body, call) => ({ ...body, ...checkComputeReferences(call.body, call) }),
      {
        collection: "",
        schema: "",
        locate: globally,
      },
    ),
  },
};

/** Some actions of the proxies lack `global` in their paths. */
function globally(call: Call): string {
  const expanded = expandedPath(call.method, call.parameters).replace(/\/set[A-Za-z]+$/, "");
  return call.world.projects.withId(expanded.replace(/^(projects\/[^/]+)\/(target)/, "$1/global/$2"));
}

function proxyAction(type: string, change: (sent: JsonObject) => JsonObject) {
  return changing(
    type,
    (body, call) => {
      const next = { ...body, ...change(checkComputeReferences(call.body, call)) };
      return Object.fromEntries(
        Object.entries(next).filter(([, value]) => value !== undefined && value !== null),
      );
    },
    { collection: "", schema: "", locate: globally },
  );
}

const targetHttpsProxies: Kind = {
  collection: "compute.targetHttpsProxies",
  schema: "TargetHttpsProxy",
  locate: globally,
  identify: (_call, body) => textAt(body, "name"),
  check: (next) => {
    requireField(next, "urlMap");
    if (next["certificateMap"] === undefined) requireField(next, "sslCertificates");
  },
  complete: (next) => ({ quicOverride: "NONE", tlsEarlyData: "DISABLED", ...next }),
  actions: {
    setSslCertificates: proxyAction("setSslCertificates", (sent) => ({
      sslCertificates: sent["sslCertificates"],
    })),
    setSslPolicy: proxyAction("setSslPolicy", (sent) => ({ sslPolicy: sent["sslPolicy"] })),
    setUrlMap: proxyAction("setUrlMap", (sent) => ({ urlMap: sent["urlMap"] })),
    setQuicOverride: proxyAction("setQuicOverride", (sent) => ({ quicOverride: sent["quicOverride"] })),
  },
};

/** An address may be given as its resource, as its number, or left to the server. */
function addressOf(next: JsonObject, before: JsonObject | undefined, call: Call): string {
  const given = textAt(next, "IPAddress");
  if (given === "") return textAt(before, "IPAddress") || nextAddress(call);
  const reserved = call.world.state
    .all({ collection: "compute.globalAddresses" })
    .find(({ body }) => textAt(body, "selfLink") === given);
  return reserved === undefined ? given : textAt(reserved.body, "address");
}

const globalForwardingRules: Kind = {
  collection: "compute.globalForwardingRules",
  schema: "ForwardingRule",
  check: (next) => requireField(next, "target"),
  complete: (next, before, call) => ({
    IPProtocol: "TCP",
    loadBalancingScheme: "EXTERNAL",
    networkTier: "PREMIUM",
    ...next,
    IPAddress: addressOf(next, before, call),
    portRange: textAt(next, "portRange").replace(/^(\d+)$/, "$1-$1"),
  }),
  actions: {
    setLabels: labelled,
    setTarget: changing("setTarget", (body, call) => ({
      ...body,
      ...checkComputeReferences(call.body, call),
    })),
  },
};

export const frontendKinds: readonly Kind[] = [
  globalAddresses,
  sslCertificates,
  sslPolicies,
  targetHttpProxies,
  targetHttpsProxies,
  globalForwardingRules,
];
