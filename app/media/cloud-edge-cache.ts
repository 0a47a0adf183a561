import { randomUUID } from "../late-crypto.ts";
import { setTimeout as pause } from "node:timers/promises";
import * as Type from "typebox";
import { Check } from "typebox/schema";
import { type GoogleAnswer, connectGoogleApi } from "../google-api/google-api.ts";
import { type EdgeCache, EdgeCacheError } from "./edge-cache.ts";

export interface CloudEdgeCacheOptions {
  readonly projectId: string;
  /** The load balancer's URL map; its caches hold what it routes. */
  readonly urlMap: string;
  /** Scheme, host and port of a stand-in, which asks for no credentials. @default Google's own */
  readonly endpoint?: string;
  /** @default waits as long */
  readonly pauseMilliseconds?: (milliseconds: number) => Promise<unknown>;
}

/**
 * So many path patterns at once, a fraction of the 500 that are taken in a minute; instead of more of them the folders
 * above. https://cloud.google.com/cdn/docs/cache-invalidation-overview
 */
const mostPatterns = 60;

/** What is refused for the number of requests is taken again a minute later: these pauses last longer than that. */
const pausesMilliseconds = [1, 2, 4, 8, 16, 32].map((seconds) => seconds * 1000);

/** Longer than `wait` holds an answer back; it takes effect in about ten seconds, and took minutes once. */
const answerMilliseconds = 130_000;
const mostWaits = 5;

const Operation = Type.Object({
  name: Type.String({ pattern: "^[\\w-]{1,200}$" }),
  status: Type.String(),
  error: Type.Optional(
    Type.Object({
      errors: Type.Optional(Type.Array(Type.Object({ message: Type.Optional(Type.String()) }))),
    }),
  ),
});
type Operation = Type.Static<typeof Operation>;

/**
 * Cloud CDN: https://cloud.google.com/compute/docs/reference/rest/v1/urlMaps/invalidateCache. Needs
 * `compute.urlMaps.invalidateCache`, and `compute.globalOperations.get` to wait until it is done.
 */
export function createCloudEdgeCache(options: CloudEdgeCacheOptions): EdgeCache {
  const { projectId, urlMap, endpoint, pauseMilliseconds = pause } = options;
  const global = `compute/v1/projects/${projectId}/global`;
  const ask = connectGoogleApi({
    origin: "https://compute.googleapis.com",
    scope: "https://www.googleapis.com/auth/compute",
    endpoint,
    timeoutMilliseconds: answerMilliseconds,
  });

  /** Repeats what was not done for a reason that passes. */
  async function patiently(path: string, body?: object): Promise<Operation> {
    for (let tried = 0; ; tried++) {
      const answer = await ask(path, body, "POST").catch((error: unknown) => ({ error }));
      if (!("error" in answer) && answer.ok) return readOperation(answer.text);
      const rest = pausesMilliseconds[tried];
      if (rest === undefined || !("error" in answer || isPassingAnswer(answer))) {
        throw "error" in answer ? answer.error : new Error(`${answer.status}: ${answer.text.slice(0, 300)}`);
      }
      await pauseMilliseconds(rest * (0.5 + Math.random() / 2));
    }
  }

  async function invalidate(pattern: string): Promise<void> {
    try {
      // The same id makes a repeated request the same operation, however the first one ended.
      const request = `${global}/urlMaps/${urlMap}/invalidateCache?requestId=${randomUUID()}`;
      let operation = await patiently(request, { path: pattern });
      for (let waits = 0; operation.status !== "DONE"; waits++) {
        if (waits >= mostWaits) throw new Error(`operation ${operation.name} did not end`);
        operation = await patiently(`${global}/operations/${operation.name}/wait`);
      }
      const [fault] = operation.error?.errors ?? [];
      if (operation.error !== undefined) throw new Error(fault?.message ?? `${operation.name} failed`);
    } catch (error) {
      throw new EdgeCacheError(pattern, { cause: error });
    }
  }

  return {
    async forget(prefixes) {
      const outcomes = await Promise.allSettled(patternsOf(prefixes).map(invalidate));
      const failed = outcomes.find((outcome) => outcome.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    },
  };
}

/** As few patterns as are allowed at once: what lies in the folders, or else in the folders above. */
function patternsOf(prefixes: readonly string[]): readonly string[] {
  let folders = [...new Set(prefixes)];
  while (folders.length > mostPatterns) {
    folders = [...new Set(folders.map((folder) => folder.replace(/[^/]+\/$/, "")))];
  }
  return folders.map((folder) => `/${folder}*`);
}

/** Compute answers a rate that is exceeded with 403 or 429: https://cloud.google.com/compute/api-quota */
function isPassingAnswer({ status, text }: GoogleAnswer): boolean {
  return status >= 500 || status === 429 || (status === 403 && /rateLimitExceeded/i.test(text));
}

function readOperation(text: string): Operation {
  const value: unknown = JSON.parse(text);
  if (!Check(Operation, value)) throw new Error(`expected an operation, got ${text.slice(0, 300)}`);
  return value;
}
