import type { JsonObject } from "./json.ts";
import type { Resource } from "./state.ts";
import type { World } from "./world.ts";

/** Where an instance of Redis answers. */
export interface RedisEndpoint {
  readonly host: string;
  readonly port: number;
  /** Of who signs for it, in PEM; empty where it speaks without TLS. */
  readonly certificates: readonly string[];
}

/** What brings containers to life behind Cloud Run's resources, and servers behind Memorystore's. */
export interface Runtime {
  /** Resolves once the revision's startup probe succeeds; rejects with what a person is told if it does not. */
  startRevision(world: World, service: Resource, revision: Resource): Promise<void>;
  stopService(service: Resource): Promise<void>;
  /** Runs one task of a job to its end; rejects if it fails. */
  runJob(world: World, job: Resource, taskTemplate: JsonObject): Promise<void>;
  /**
   * Starts a server for an instance, or changes the one that it has. Undefined: there is none, and the record names an
   * address that nobody answers at.
   */
  startRedis(instance: Resource, password: string | undefined): Promise<RedisEndpoint | undefined>;
  stopRedis(instance: Resource): Promise<void>;
}

/** Starts nothing and calls everything ready: for those who want the API only. */
export const noRuntime: Runtime = {
  startRevision: () => Promise.resolve(),
  stopService: () => Promise.resolve(),
  runJob: () => Promise.resolve(),
  startRedis: () => Promise.resolve(undefined),
  stopRedis: () => Promise.resolve(),
};
