import type { JsonObject } from "./json.ts";
import type { Resource } from "./state.ts";
import type { World } from "./world.ts";

/** What brings containers to life behind Cloud Run's resources. */
export interface Runtime {
  /** Resolves once the revision's startup probe succeeds; rejects with what a person is told if it does not. */
  startRevision(world: World, service: Resource, revision: Resource): Promise<void>;
  stopService(service: Resource): Promise<void>;
  /** Runs one task of a job to its end; rejects if it fails. */
  runJob(world: World, job: Resource, taskTemplate: JsonObject): Promise<void>;
}

/** Starts nothing and calls everything ready: for those who want the API only. */
export const noRuntime: Runtime = {
  startRevision: () => Promise.resolve(),
  stopService: () => Promise.resolve(),
  runJob: () => Promise.resolve(),
};
