import { ApiError } from "../engine/api-error.ts";
import { computeOperation } from "../engine/compute-operation.ts";
import { setLabels } from "../engine/compute-style.ts";
import { contentTag } from "../engine/identifiers.ts";
import { type JsonObject, listAt, objectAt, objectsAt, textAt } from "../engine/json.ts";
import type { Action, Call, Kind } from "../engine/kind.ts";
import { nameOf } from "../engine/resource-name.ts";
import { selfLink } from "../engine/compute-references.ts";
import type { Resource } from "../engine/state.ts";

/** The compute resource that a call names, past the name of the action behind it. */
export function named(call: Call, kind?: Kind): Resource {
  const name = nameOf(call, kind);
  const found = call.world.state.get("compute", name);
  if (found === undefined) throw new ApiError("NOT_FOUND", `The resource '${name}' was not found`);
  return found;
}

/** An action that changes a resource's body and answers with an operation. */
export function changing(
  type: string,
  change: (body: JsonObject, call: Call) => JsonObject,
  kind?: Kind,
): Action {
  return (call) => {
    const resource = named(call, kind);
    const next = change(resource.body, call);
    const isTagged = resource.body["fingerprint"] !== undefined;
    resource.body = {
      ...next,
      ...(isTagged ? { fingerprint: contentTag({ ...next, fingerprint: "" }) } : {}),
    };
    return computeOperation(call, type, { name: resource.name, id: textAt(resource.body, "id") });
  };
}

export const labelled: Action = changing("setLabels", (body, call) => setLabels(call, body));

function gatewayOf(range: string): string {
  return range.replace(/\d+\/\d+$/, (tail) => `${Number(tail.split("/")[0]) + 1}`);
}

const networks: Kind = {
  collection: "compute.networks",
  schema: "Network",
  complete: (next, _before, call) => {
    const routing = { routingMode: "REGIONAL", bgpBestPathSelectionMode: "LEGACY" };
    const below = call.world.state
      .all({ collection: "compute.subnetworks" })
      .filter(({ body }) => textAt(body, "network") === textAt(next, "selfLink"));
    return {
      autoCreateSubnetworks: true,
      networkFirewallPolicyEnforcementOrder: "AFTER_CLASSIC_FIREWALL",
      ...next,
      routingConfig: { ...routing, ...objectAt(next, "routingConfig") },
      selfLinkWithId: selfLink(
        `projects/${call.parameters["project"]}/global/networks/${textAt(next, "id")}`,
      ),
      ...(below.length > 0 ? { subnetworks: below.map(({ body }) => textAt(body, "selfLink")) } : {}),
    };
  },
};

const subnetworks: Kind = {
  collection: "compute.subnetworks",
  schema: "Subnetwork",
  check: (next, before, call) => {
    for (const field of ["network", "ipCidrRange"]) {
      if (textAt(next, field) === "") {
        throw new ApiError("INVALID_ARGUMENT", `Required field 'resource.${field}' not specified`, {
          reason: "required",
        });
      }
    }
    const isTaken = call.world.state
      .all({ collection: "compute.subnetworks" })
      .some(
        ({ body }) =>
          textAt(body, "id") !== textAt(before, "id") &&
          textAt(body, "network") === textAt(next, "network") &&
          textAt(body, "ipCidrRange") === textAt(next, "ipCidrRange"),
      );
    if (isTaken) {
      const message = `Invalid IPCidrRange: ${textAt(next, "ipCidrRange")} conflicts with existing subnetwork in the network.`;
      throw new ApiError("INVALID_ARGUMENT", message);
    }
  },
  complete: (next) => ({
    privateIpGoogleAccess: false,
    purpose: "PRIVATE",
    stackType: "IPV4_ONLY",
    privateIpv6GoogleAccess: "DISABLE_GOOGLE_ACCESS",
    allowSubnetCidrRoutesOverlap: false,
    ...next,
    gatewayAddress: gatewayOf(textAt(next, "ipCidrRange")),
  }),
  actions: {
    setPrivateIpGoogleAccess: changing("setPrivateIpGoogleAccess", (body, call) => ({
      ...body,
      privateIpGoogleAccess: call.body["privateIpGoogleAccess"] === true,
    })),
    expandIpCidrRange: changing("expandIpCidrRange", (body, call) => ({
      ...body,
      ipCidrRange: textAt(call.body, "ipCidrRange"),
    })),
  },
};

const firewalls: Kind = {
  collection: "compute.firewalls",
  schema: "Firewall",
  check: (next) => {
    if (listAt(next, "allowed").length === 0 && listAt(next, "denied").length === 0) {
      throw new ApiError("INVALID_ARGUMENT", "Exactly one of allowed or denied must be specified.", {
        reason: "required",
      });
    }
  },
  complete: (next) => ({
    priority: 1000,
    direction: "INGRESS",
    disabled: false,
    logConfig: { enable: false },
    ...next,
  }),
};

/** NAT and router: what a private network needs to reach outwards. */
const routers: Kind = {
  collection: "compute.routers",
  schema: "Router",
  complete: (next) => {
    const nats = objectsAt(next, "nats").map((nat) => ({
      type: "PUBLIC",
      enableEndpointIndependentMapping: false,
      endpointTypes: ["ENDPOINT_TYPE_VM"],
      ...nat,
    }));
    return { encryptedInterconnectRouter: false, ...next, ...(nats.length > 0 ? { nats } : {}) };
  },
};

const regionNetworkEndpointGroups: Kind = {
  collection: "compute.regionNetworkEndpointGroups",
  schema: "NetworkEndpointGroup",
  check: (next) => {
    const type = textAt(next, "networkEndpointType");
    if (type === "SERVERLESS" && next["cloudRun"] === undefined && next["cloudFunction"] === undefined) {
      throw new ApiError(
        "INVALID_ARGUMENT",
        "A serverless network endpoint group needs 'cloudRun.service' or a URL mask.",
      );
    }
  },
  complete: (next) => ({ networkEndpointType: "SERVERLESS", ...next, size: 0 }),
};

export const networkKinds: readonly Kind[] = [
  networks,
  subnetworks,
  firewalls,
  routers,
  regionNetworkEndpointGroups,
];
