import { ApiError } from "./engine/api-error.ts";
import { referredName } from "./engine/compute-references.ts";
import { textAt } from "./engine/json.ts";
import type { ApiModule, Call, Kind } from "./engine/kind.ts";
import type { Resource } from "./engine/state.ts";
import { nameOf } from "./engine/resource-name.ts";

function checkNetwork(call: Call, network: string): void {
  if (network === "") return;
  const name = referredName(call, network);
  if (name === undefined || call.world.state.get("compute", name) === undefined) {
    throw new ApiError("INVALID_ARGUMENT", `The network '${network}' is not valid or does not exist.`);
  }
}

const instances: Kind = {
  collection: "redis.projects.locations.instances",
  schema: "Instance",
  check: (next, _before, call) => {
    const size = next["memorySizeGb"];
    if (typeof size !== "number" || size < 1 || size > 300) {
      throw new ApiError(
        "INVALID_ARGUMENT",
        `'memory_size_gb' must be 1 to 300, got ${JSON.stringify(size ?? null)}.`,
      );
    }
    if (textAt(next, "tier") === "") throw new ApiError("INVALID_ARGUMENT", "'tier' is required.");
    checkNetwork(call, textAt(next, "authorizedNetwork"));
  },
  complete: (next, before, call) => {
    const [, project = "", , region = "", , id = ""] = textAt(next, "name").split("/");
    const isReplicated = textAt(next, "tier") === "STANDARD_HA";
    const isEncrypted = textAt(next, "transitEncryptionMode") === "SERVER_AUTHENTICATION";
    const network = textAt(next, "authorizedNetwork") || `projects/${project}/global/networks/default`;
    return {
      connectMode: "DIRECT_PEERING",
      redisVersion: "REDIS_7_2",
      transitEncryptionMode: "DISABLED",
      readReplicasMode: "READ_REPLICAS_DISABLED",
      persistenceConfig: { persistenceMode: "DISABLED" },
      locationId: `${region}-b`,
      ...next,
      authorizedNetwork: network,
      ...(isReplicated
        ? {
            alternativeLocationId: next["alternativeLocationId"] ?? `${region}-c`,
            replicaCount: next["replicaCount"] ?? 1,
          }
        : {}),
      createTime: before?.["createTime"] ?? call.world.identifiers.time(),
      currentLocationId: textAt(next, "locationId") || `${region}-b`,
      host: before?.["host"] ?? "10.0.0.3",
      port: before?.["port"] ?? (isEncrypted ? 6378 : 6379),
      reservedIpRange: textAt(next, "reservedIpRange") || "10.0.0.0/29",
      persistenceIamIdentity: `serviceAccount:${id}@cloud-redis.iam.gserviceaccount.com`,
      nodes: [
        { id: "node-0", zone: `${region}-b` },
        ...(isReplicated ? [{ id: "node-1", zone: `${region}-c` }] : []),
      ],
      ...(isEncrypted
        ? {
            serverCaCerts: before?.["serverCaCerts"] ?? [
              { serialNumber: "0", cert: "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n" },
            ],
          }
        : {}),
      state: "READY",
    };
  },
  settle: async (instance, _before, call) => {
    const endpoint = await call.world.runtime.startRedis(instance, passwordOf(instance, call));
    if (endpoint === undefined) return;
    const { host, port, certificates } = endpoint;
    const serverCaCerts = certificates.map((cert, index) => ({ serialNumber: String(index), cert }));
    instance.body = {
      ...instance.body,
      host,
      port,
      ...(certificates.length > 0 && { serverCaCerts }),
    };
  },
  remove: async (instance, call) => {
    await call.world.runtime.stopRedis(instance);
    call.world.state.remove("redis", instance.name);
    call.world.redisPasswords.delete(instance.name);
    return call.world.operations.start("redis", {
      parent: instance.name.replace(/\/instances\/.*$/, ""),
      response: () => ({ "@type": "type.googleapis.com/google.protobuf.Empty" }),
    });
  },
};

/** Made with the instance, which keeps it. */
function passwordOf({ name, body }: Resource, { world }: Call): string | undefined {
  if (body["authEnabled"] !== true) return undefined;
  const known = world.redisPasswords.get(name) ?? world.identifiers.uuid();
  world.redisPasswords.set(name, known);
  return known;
}

/** Memorystore for Redis. The server itself is the runtime's: a rehearsal starts a real one. */
export const redis: ApiModule = {
  shape: "redis.v1",
  style: "proto",
  kinds: [
    {
      ...instances,
      actions: {
        getAuthString: (call) => {
          const instance = call.world.state.get("redis", call.parameters["name"] ?? "");
          if (instance === undefined)
            throw new ApiError("NOT_FOUND", `Resource '${call.parameters["name"]}' was not found`);
          const authString = passwordOf(instance, call);
          return authString === undefined ? {} : { authString };
        },
      },
    },
  ],
  actions: {
    "redis.projects.locations.operations.get": (call) => call.world.operations.get("redis", nameOf(call)),
    "redis.projects.locations.operations.list": (call) => ({
      operations: call.world.operations.under("redis", nameOf(call).replace(/\/operations$/, "")),
    }),
  },
};
