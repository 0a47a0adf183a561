import type { JWTVerifyGetKey, createRemoteJWKSet as CreateRemoteJWKSet } from "jose";
import { KeySetUnavailableError } from "./assertion-refusal.ts";
import { loadTokenLibrary } from "./token-library.ts";

type RemoteKeySet = ReturnType<typeof CreateRemoteJWKSet>;

export interface KeySetOptions {
  readonly url: URL;
  /** Told of a refresh that failed, while the keys known so far still serve. */
  readonly onRefreshFailed: (error: unknown) => void;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
}

/** Keys are read again after this long, behind the back of requests. */
const refreshMilliseconds = 10 * 60_000;
/** Without a successful refresh for this long nobody is let in: a key may have been withdrawn. */
const trustMilliseconds = 24 * 60 * 60_000;
/** At most one reading of the keys in this time, however many unknown key names are presented. */
const cooldownMilliseconds = 30_000;
const timeoutMilliseconds = 5_000;

/**
 * The proxy's published keys, read when first needed, when a key is named that is not known, and every ten
 * minutes. An outage of the address they are published at lets the known keys serve on for a day.
 *
 * @returns a function that throws KeySetUnavailableError when no keys can be had
 */
export function createKeySet(options: KeySetOptions): JWTVerifyGetKey {
  const now = options.now ?? Date.now;
  let made: RemoteKeySet | undefined;
  // At the first assertion: it loads Node's HTTP client, which an instance does not need to be ready.
  const remote = async () => {
    const { createRemoteJWKSet, customFetch } = await loadTokenLibrary();
    return (made ??= createRemoteJWKSet(options.url, {
      cacheMaxAge: Infinity,
      cooldownDuration: cooldownMilliseconds,
      timeoutDuration: timeoutMilliseconds,
      [customFetch]: async (url: string, init: RequestInit) => {
        triedAt = now();
        const response = await fetch(url, init);
        if (response.status === 200) readAt = now();
        return response;
      },
    }));
  };
  let readAt = -Infinity;
  let triedAt = -Infinity;

  const refresh = async () => {
    try {
      await (await remote()).reload();
    } catch (error) {
      throw new KeySetUnavailableError({ cause: error });
    }
  };

  return async (header, jws) => {
    const age = now() - readAt;
    const hasRested = now() - triedAt > cooldownMilliseconds;
    if (age > trustMilliseconds) {
      if (readAt !== -Infinity && !hasRested) throw new KeySetUnavailableError();
      await refresh();
    } else if (age > refreshMilliseconds && hasRested) {
      refresh().catch(options.onRefreshFailed);
    }
    const { errors } = await loadTokenLibrary();
    const keys = await remote();
    try {
      return await keys(header, jws);
    } catch (error) {
      if (
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported
      ) {
        throw error;
      }
      throw new KeySetUnavailableError({ cause: error });
    }
  };
}
