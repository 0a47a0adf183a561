import { RedisInstance } from "@cdktf/provider-google/lib/redis-instance/index.js";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { ApplyStep } from "./apply-step.ts";
import type { PrivateNetwork } from "./private-network.ts";
import type { Secret, SecretVersion } from "./secret.ts";

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
 * secret. Clients get it from a secret's version of its own: `makePasswordVersion`.
 */
export class Redis extends Construct {
  readonly name: string;
  readonly region: string;
  readonly instance: RedisInstance;

  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    this.name = props.name;
    this.region = props.region;
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

  /** Where clients in its network find it: `rediss://HOST:PORT`. */
  get url(): string {
    return `rediss://${this.instance.host}:${Token.asString(this.instance.port)}`;
  }

  /**
   * Who signs its certificate, in PEM, those of a rotation together: the authority is of this instance alone, so
   * whatever it signed is this instance, whichever address it names.
   */
  get certificates(): string {
    const each = this.instance.interpolationForAttribute("server_ca_certs.*.cert");
    return Fn.join("\n", Token.asList(each));
  }

  /**
   * Makes a version of a secret of its password during the apply, unless it is there.
   *
   * @param version raised by one where the instance was made anew, and so has another password: the apply says so
   */
  makePasswordVersion(
    secret: Secret,
    { projectId, version }: { readonly projectId: string; readonly version: number },
  ): SecretVersion {
    const step = new ApplyStep(secret, "make-version", {
      program: "redis-password",
      input: {
        PROJECT: projectId,
        SECRET: secret.name,
        VERSION: String(version),
        INSTANCE: this.instance.id,
        // Another one under the same name has another password.
        MADE: this.instance.createTime,
      },
      dependsOn: [secret.secret],
    });
    return secret.version(version, [step]);
  }
}
