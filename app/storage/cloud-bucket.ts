import type { Bucket, Storage } from "@google-cloud/storage";
import { cloudFailure } from "./cloud-failure.ts";
import { StoreUnavailableError } from "./object-store.ts";

export interface CloudBucketOptions {
  readonly bucket: string;
  /**
   * Scheme, host and port of a stand-in; requests to it carry no credentials.
   *
   * @default Google's, with the application default credentials
   */
  readonly apiEndpoint?: string;
}

/** What may be repeated without harm is; a put may not, and is left to who knows what it means. */
const attempts = 3;
const firstPauseMilliseconds = 100;

/**
 * The bucket through Google's library with its retries off: they would turn our own success into a failed
 * precondition. The library is loaded with the first call (it takes 170 ms).
 */
export async function connectBucket(options: CloudBucketOptions): Promise<Bucket> {
  const library = await import("@google-cloud/storage");
  const storage: Storage = new library.Storage({
    ...(options.apiEndpoint !== undefined && { apiEndpoint: options.apiEndpoint, projectId: "stand-in" }),
    retryOptions: {
      autoRetry: false,
      maxRetries: 0,
      idempotencyStrategy: library.IdempotencyStrategy.RetryNever,
    },
  });
  // The library takes an address in STORAGE_EMULATOR_HOST for that of the JSON API itself, uploads excepted.
  if (options.apiEndpoint !== undefined) storage.baseUrl = `${options.apiEndpoint}/storage/v1`;
  return storage.bucket(options.bucket);
}

/**
 * Repeats what failed for reasons that pass.
 *
 * @param name of the object, for the error
 * @throws StoreUnavailableError, and what is an answer of the store's own
 */
export async function patiently<R>(name: string, attempt: () => Promise<R>): Promise<R> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      const failure = cloudFailure(error);
      if (failure === "answer") throw error;
      if (failure === "refused" || tried >= attempts) throw new StoreUnavailableError(name, { cause: error });
      await repeatPause(tried);
    }
  }
}

/** @param tried how often already */
export async function repeatPause(tried: number): Promise<void> {
  const pause = firstPauseMilliseconds * 2 ** (tried - 1) * (0.5 + Math.random() / 2);
  await new Promise((resolve) => setTimeout(resolve, pause));
}

/** One request of our own with the library's credentials. @param path without a slash before it */
export async function sendAs(storage: Storage, path: string, init: RequestInit): Promise<Response> {
  const url = `${storage.apiEndpoint}/${path}`;
  const headers = new Headers(storage.customEndpoint ? {} : await storage.authClient.getRequestHeaders(url));
  new Headers(init.headers).forEach((value, name) => headers.set(name, value));
  return await fetch(url, { ...init, headers });
}
