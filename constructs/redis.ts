import { RedisInstance } from "@cdktf/provider-google/lib/redis-instance/index.js";
import { Construct } from "constructs";
import type { PrivateNetwork } from "./private-network.ts";

export interface RedisProps {
  readonly name: string;
  readonly region: string;
  readonly network: PrivateNetwork;
  /** `basic` is one process; `standard` has a second one that takes over. */
  readonly tier: "basic" | "standard";
  readonly memoryGiB: number;
  /** Refuses its destruction. @default false: it is a cache, never the truth */
  readonly deletionProtection?: boolean;
}

/**
 * Redis, as Memorystore runs it: private, encrypted on the way, with a password. The password stands in
 * Terraform's state (the provider reads it back, and has no way not to), so the state's bucket is protected like a
 * secret.
 */
export class Redis extends Construct {
  readonly name: string;
  readonly instance: RedisInstance;

  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    this.name = props.name;
    this.instance = new RedisInstance(this, "instance", {
      name: props.name,
      region: props.region,
      tier: props.tier === "basic" ? "BASIC" : "STANDARD_HA",
      memorySizeGb: props.memoryGiB,
      redisVersion: "REDIS_7_2",
      authorizedNetwork: props.network.network.id,
      // The other mode leaves a peering behind that cannot be deleted for days after the instance is gone.
      connectMode: "DIRECT_PEERING",
      authEnabled: true,
      transitEncryptionMode: "SERVER_AUTHENTICATION",
      redisConfigs: { "maxmemory-policy": "allkeys-lru" },
      maintenancePolicy: {
        weeklyMaintenanceWindow: [
          { day: "SUNDAY", startTime: { hours: 3, minutes: 0, seconds: 0, nanos: 0 } },
        ],
      },
      lifecycle: { preventDestroy: props.deletionProtection ?? false },
    });
  }
}
