import { ComputeNetwork } from "@cdktf/provider-google/lib/compute-network/index.js";
import { ComputeSubnetwork } from "@cdktf/provider-google/lib/compute-subnetwork/index.js";
import { Construct } from "constructs";

export interface PrivateNetworkProps {
  readonly name: string;
  /** One subnetwork in each: `10.10.0.0/20` in the first, `10.10.16.0/20` in the second, and so on. At most 16. */
  readonly regions: readonly string[];
}

/** What Cloud Run's field `vpcAccess` takes: direct egress, without a connector that would run and cost all day. */
export interface VpcAccess {
  readonly egress: string;
  readonly networkInterfaces: { network: string; subnetwork: string }[];
}

/** A network without any firewall rule, so that nothing may enter: services reach private addresses through it. */
export class PrivateNetwork extends Construct {
  readonly network: ComputeNetwork;
  private readonly subnetworks: ReadonlyMap<string, ComputeSubnetwork>;

  constructor(scope: Construct, id: string, { name, regions }: PrivateNetworkProps) {
    super(scope, id);
    if (regions.length > 16) {
      throw new Error(
        `'regions' must be at most 16, for each takes 4096 addresses of 10.10.0.0/16, got ${regions.length}`,
      );
    }
    this.network = new ComputeNetwork(this, "network", {
      name,
      autoCreateSubnetworks: false,
      routingMode: "REGIONAL",
    });
    this.subnetworks = new Map(
      regions.map((region, index) => [
        region,
        new ComputeSubnetwork(this, `subnetwork-${region}`, {
          name: `${name}-${region}`,
          region,
          network: this.network.id,
          ipCidrRange: `10.10.${index * 16}.0/20`,
          privateIpGoogleAccess: true,
        }),
      ]),
    );
  }

  /** Only traffic to private addresses takes this way. */
  vpcAccess(region: string): VpcAccess {
    const subnetwork = this.subnetworks.get(region);
    if (subnetwork === undefined) {
      throw new Error(
        `The network has no part in '${region}': its regions are ${[...this.subnetworks.keys()].join(", ")}`,
      );
    }
    return {
      egress: "PRIVATE_RANGES_ONLY",
      networkInterfaces: [{ network: this.network.name, subnetwork: subnetwork.name }],
    };
  }
}
