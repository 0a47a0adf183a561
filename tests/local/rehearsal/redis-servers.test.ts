import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../../local/google-apis/engine/json.ts";
import { noRuntime } from "../../../local/google-apis/engine/runtime.ts";
import { RedisServers } from "../../../local/rehearsal/redis-servers.ts";
import { dev, openStandIn } from "../google-apis/caller.ts";
import { mayRunRedis, needsRedis } from "../redis/real-redis.ts";

const parent = `projects/${dev.projectId}/locations/europe-west1`;
const name = `${parent}/instances/shared`;

/** A stand-in whose instances of Redis are real. */
async function openGround() {
  const folder = await mkdtemp(join(tmpdir(), "redis-servers-"));
  const servers = new RedisServers(folder);
  const { standIn, ask } = await openStandIn({
    runtime: {
      ...noRuntime,
      startRedis: (instance, password) => servers.start(instance, password),
      stopRedis: (instance) => servers.stop(instance),
    },
  });
  onTestFinished(async () => {
    await servers.close();
    await standIn.close();
    await rm(folder, { recursive: true, force: true });
  });
  const network = `projects/${dev.projectId}/global/networks/inner`;
  await ask("POST", `/compute/v1/projects/${dev.projectId}/global/networks`, {
    name: "inner",
    autoCreateSubnetworks: false,
  });
  const create = async (more: JsonObject) => {
    await ask("POST", `/redis/v1/${parent}/instances?instanceId=shared`, {
      name,
      tier: "BASIC",
      memorySizeGb: 2,
      authorizedNetwork: network,
      ...more,
    });
    await expect.poll(() => servers.serverOf(name)).toBeDefined();
    await expect.poll(async () => (await ask("GET", `/redis/v1/${name}`)).body["host"]).toBe("127.0.0.1");
    return (await ask("GET", `/redis/v1/${name}`)).body;
  };
  return { servers, ask, create };
}

describe.skipIf(!mayRunRedis)(`instances of Redis${needsRedis}`, { timeout: 60_000 }, () => {
  test("are as declared: password, TLS, memory and what is forgotten first", async () => {
    const { servers, ask, create } = await openGround();
    const instance = await create({
      authEnabled: true,
      transitEncryptionMode: "SERVER_AUTHENTICATION",
      redisConfigs: { "maxmemory-policy": "allkeys-lru" },
    });
    const server = servers.serverOf(name);
    expect(instance).toMatchObject({ host: "127.0.0.1", port: server?.port });
    const { authString } = (await ask("GET", `/redis/v1/${name}/authString`)).body;
    expect(authString).toBe(server?.address.password);
    expect(server?.ask("config", "get", "maxmemory")).toBe(`maxmemory\n${2 * 2 ** 30}`);
    expect(server?.ask("config", "get", "maxmemory-policy")).toBe("maxmemory-policy\nallkeys-lru");

    const [certificate] = instance["serverCaCerts"] as { cert: string }[];
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connectTls(
        {
          host: "127.0.0.1",
          port: Number(instance["port"]),
          ca: certificate?.cert,
          checkServerIdentity: () => undefined,
        },
        () => socket.write("PING\r\n"),
      );
      socket.once("data", (bytes: Buffer) => {
        socket.destroy();
        resolve(bytes.toString());
      });
      socket.once("error", reject);
    });
    expect(said).toMatch(/^-NOAUTH/);
    expect(Object.keys(servers.egress)).toEqual([String(server?.port)]);
  });

  test("grow in place, and go when they are deleted", async () => {
    const { servers, ask, create } = await openGround();
    const before = await create({});
    const server = servers.serverOf(name);
    expect(server?.ask("ping")).toBe("PONG");
    const change = { name, memorySizeGb: 3 };
    expect((await ask("PATCH", `/redis/v1/${name}?updateMask=memorySizeGb`, change)).message).toBe("");
    await expect.poll(() => server?.ask("config", "get", "maxmemory")).toBe(`maxmemory\n${3 * 2 ** 30}`);
    expect((await ask("GET", `/redis/v1/${name}`)).body).toMatchObject({
      host: before["host"],
      port: before["port"],
    });
    await ask("DELETE", `/redis/v1/${name}`);
    expect(servers.serverOf(name)).toBeUndefined();
    expect(server?.ask("ping")).toContain("Connection refused");
    expect((await ask("GET", `/redis/v1/${name}`)).status).toBe(404);
  });
});
