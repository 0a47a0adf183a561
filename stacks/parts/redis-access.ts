import { Construct } from "constructs";
import type { RedisVariable } from "../../app/runtime-contract.ts";
import type { EnvironmentValue } from "../../constructs/container.ts";
import type { PrivateNetwork } from "../../constructs/private-network.ts";
import { Redis } from "../../constructs/redis.ts";
import { Secret } from "../../constructs/secret.ts";
import type { Environment } from "../../environments/index.ts";
import { accountOf } from "../accounts.ts";

export interface RedisAccessProps {
  readonly redis: Redis;
  /** The secret's version that holds its password. */
  readonly passwordVersion: number;
}

/** How the web role gets at Redis: its address, who signs for it, and its password by a secret. */
export class RedisAccess extends Construct {
  readonly redis: Redis;
  readonly variables: Readonly<Record<RedisVariable, EnvironmentValue>>;

  constructor(
    scope: Construct,
    id: string,
    environment: Environment,
    { redis, passwordVersion }: RedisAccessProps,
  ) {
    super(scope, id);
    const { project, deletionProtection } = environment;
    const password = new Secret(this, "password", { name: "imgstream-redis-password", deletionProtection });
    password.grantRead(accountOf("web", environment));
    this.redis = redis;
    this.variables = {
      REDIS_URL: redis.url,
      REDIS_PASSWORD: redis.makePasswordVersion(password, {
        projectId: project.id,
        version: passwordVersion,
      }),
      REDIS_CERTIFICATES: redis.certificates,
    };
  }
}

/** Redis in the first region, and how to get at it, where the environment's facts ask for one. */
export function shareRedis(
  scope: Construct,
  environment: Environment,
  network: PrivateNetwork,
): RedisAccess | undefined {
  const { redis: facts, regions } = environment;
  if (facts.tier === "none") return undefined;
  const { tier, memoryGiB, passwordVersion } = facts;
  const redis = new Redis(scope, "redis", {
    name: "imgstream",
    region: regions[0],
    network,
    tier,
    memoryGiB,
  });
  return new RedisAccess(scope, "redis-access", environment, { redis, passwordVersion });
}
