import { isLoopback, parseUrl } from "../config-values.ts";
import type { RedisVariable } from "../runtime-contract.ts";

/** Where Redis answers, and what it is asked with. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly password: string | undefined;
  /** Whoever signed the server's certificate, in PEM; undefined: without TLS, on this machine only. */
  readonly certificates: string | undefined;
}

const urlExpected =
  "'rediss://HOST:PORT' beside REDIS_CERTIFICATES, or 'redis://HOST:PORT' for a loopback host, without anything more";

/**
 * Reads the variables of Redis; without `REDIS_URL` there is none, and none of the others.
 *
 * @param complain told one sentence for each fault; the password is in none
 */
export function readRedisAddress(
  given: Readonly<Record<RedisVariable, string | undefined>>,
  complain: (problem: string) => void,
): RedisAddress | undefined {
  const { REDIS_URL: text, REDIS_PASSWORD: password, REDIS_CERTIFICATES: certificates } = given;
  if (text === undefined) {
    for (const name of ["REDIS_PASSWORD", "REDIS_CERTIFICATES"] as const) {
      if (given[name] !== undefined) complain(`REDIS_URL is missing: expected it beside ${name}, or neither`);
    }
    return undefined;
  }
  const url = parseUrl(text);
  const isEncrypted = url?.protocol === "rediss:";
  if (
    url === undefined ||
    url.port === "" ||
    text !== `${url.protocol}//${url.hostname}:${url.port}` ||
    !(isEncrypted || (url.protocol === "redis:" && isLoopback(url)))
  ) {
    // It may hold a password, in the form that is usual elsewhere.
    complain(`REDIS_URL is ${text.length} characters: expected ${urlExpected}`);
    return undefined;
  }
  if (isEncrypted !== (certificates !== undefined)) {
    complain(
      isEncrypted
        ? "REDIS_CERTIFICATES is missing: expected who signs Redis's certificate, beside a REDIS_URL of rediss:"
        : "REDIS_CERTIFICATES is given: expected it beside a REDIS_URL of rediss: only",
    );
  } else if (certificates !== undefined && !pem.test(certificates)) {
    complain(`REDIS_CERTIFICATES is ${certificates.length} characters: expected certificates in PEM`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return Object.freeze({ host, port: Number(url.port), password, certificates });
}

const pem = /^\s*(-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----\s*)+$/;
