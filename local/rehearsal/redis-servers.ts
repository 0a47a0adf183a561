import { createServer as createNetServer, connect, type Server } from "node:net";
import { join } from "node:path";
import { joinSockets } from "../cloud-run/join-sockets.ts";
import { type JsonObject, objectAt, shown, textAt } from "../google-apis/engine/json.ts";
import type { RedisEndpoint } from "../google-apis/engine/runtime.ts";
import type { Resource } from "../google-apis/engine/state.ts";
import { RedisServer, hasRedisServer } from "../redis/redis-server.ts";

interface Running {
  readonly server: RedisServer;
  /** Leads from a socket file, which a sandbox can reach, to the server's port. */
  readonly door: Server;
  readonly socketFile: string;
}

/** The real servers behind the declared instances of Memorystore, each as its instance is declared. */
export class RedisServers {
  readonly #folder: string;
  readonly #running = new Map<string, Running>();

  /** @param folder exists; for socket files: a short path */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined where this machine has no server: the record then names an address that nobody answers at. */
  async start({ name, body }: Resource, password: string | undefined): Promise<RedisEndpoint | undefined> {
    const known = this.#running.get(name);
    if (known !== undefined) {
      known.server.configure(settingsOf(body));
      return endpointOf(known.server);
    }
    if (!hasRedisServer()) return undefined;
    const server = await RedisServer.start({
      ...(password !== undefined && { password }),
      isEncrypted: textAt(body, "transitEncryptionMode") === "SERVER_AUTHENTICATION",
      settings: Object.entries(settingsOf(body)).flatMap(([setting, value]) => [`--${setting}`, value]),
    });
    const socketFile = join(this.#folder, `redis-${server.port}.sock`);
    const door = createNetServer({ allowHalfOpen: true }, (inbound) =>
      joinSockets(inbound, connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true })),
    );
    await new Promise<void>((resolve, reject) => {
      door.once("error", reject);
      door.listen(socketFile, resolve);
    });
    this.#running.set(name, { server, door, socketFile });
    return endpointOf(server);
  }

  async stop({ name }: Pick<Resource, "name">): Promise<void> {
    const running = this.#running.get(name);
    this.#running.delete(name);
    running?.door.close();
    await running?.server.close();
  }

  /** The server behind an instance. */
  serverOf(name: string): RedisServer | undefined {
    return this.#running.get(name)?.server;
  }

  /** The way out of a container: the port that it is told → socket file. */
  get egress(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.#running.values()].map(({ server, socketFile }) => [String(server.port), socketFile]),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.stop({ name })));
  }
}

/** A container's own loopback leads out by the same port. */
function endpointOf({ address }: RedisServer): RedisEndpoint {
  return { host: address.host, port: address.port, certificates: [address.certificates ?? []].flat() };
}

function settingsOf(body: JsonObject): Readonly<Record<string, string>> {
  const declared = Object.entries(objectAt(body, "redisConfigs")).map(
    ([setting, value]) => [setting, shown(value)] as const,
  );
  return { maxmemory: `${Number(body["memorySizeGb"] ?? 1)}gb`, ...Object.fromEntries(declared) };
}
