import { type HttpCall, type HttpReply, exchange, readText } from "./http-exchange.ts";
import type { CredentialSource } from "./registry-credentials.ts";
import { RegistryError, describeRefusal } from "./registry-error.ts";

export interface RetryPolicy {
  /** Tries of one request, the first included. */
  readonly attempts: number;
  /** Before the second try; doubled before each further one, unless the registry says how long. */
  readonly firstPauseMilliseconds: number;
  /** Of a registry's own wish; one that asks for more is not waited for. @default two minutes */
  readonly longestPauseMilliseconds?: number;
  /** @default a timer */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

export const defaultRetryPolicy: RetryPolicy = { attempts: 5, firstPauseMilliseconds: 500 };

export interface SessionOptions {
  /** Where the registry's API answers: scheme, host and port. */
  readonly endpoint: URL;
  readonly credentials: CredentialSource;
  /** What a token must allow, such as `repository:project/repository/imgstream:pull,push`. */
  readonly scopes: readonly string[];
  readonly retry?: RetryPolicy;
}

/** Sends requests to one registry: signs in when it is asked to, repeats what may pass, explains what does not. */
export interface RegistrySession {
  readonly host: string;
  /** @param path absolute path, or an address that the registry gave */
  url(path: string): URL;
  /** Sends once, signed in. Any status is a reply. */
  once(call: HttpCall): Promise<HttpReply>;
  /**
   * Sends until a status of `expected` comes, or tries are used up.
   *
   * @param action for the error, such as `take the manifest`
   */
  send(action: string, expected: readonly number[], call: HttpCall): Promise<HttpReply>;
  /** Runs `attempt` again, after a pause, while it fails in a way that may pass. */
  repeat<T>(attempt: (count: number) => Promise<T>): Promise<T>;
}

export function openSession({
  endpoint,
  credentials,
  scopes,
  retry = defaultRetryPolicy,
}: SessionOptions): RegistrySession {
  let authorization: string | undefined;
  const host = endpoint.host;

  const once = async (call: HttpCall): Promise<HttpReply> => {
    const attempt = (): Promise<HttpReply> => {
      // A secret goes to the registry itself, never to where it sends us for a blob.
      const isOwn = call.url.host === host;
      const headers =
        isOwn && authorization !== undefined ? { ...call.headers, authorization } : call.headers;
      return exchange({ ...call, ...(headers === undefined ? {} : { headers }) });
    };
    const reply = await attempt().catch((cause: unknown) => {
      throw unreachable(host, cause);
    });
    const challenge = reply.headers["www-authenticate"];
    if (reply.status !== 401 || challenge === undefined || call.url.host !== host) return reply;
    const answer = await answerChallenge(challenge, endpoint, credentials, scopes);
    // The same answer again would be refused again.
    if (answer === undefined || answer === authorization) return reply;
    authorization = answer;
    reply.stream.resume();
    return await attempt().catch((cause: unknown) => {
      throw unreachable(host, cause);
    });
  };

  const repeat = async <T>(attempt: (count: number) => Promise<T>): Promise<T> => {
    for (let count = 1; ; count++) {
      try {
        return await attempt(count);
      } catch (error) {
        if (!(error instanceof RegistryError) || !error.isPassing || count >= retry.attempts) throw error;
        const asked = error.retryAfterMilliseconds;
        if (asked !== undefined && asked > (retry.longestPauseMilliseconds ?? 120_000)) throw error;
        await (retry.pause ?? pause)(asked ?? retry.firstPauseMilliseconds * 2 ** (count - 1));
      }
    }
  };

  return {
    host,
    url: (path) => new URL(path, endpoint),
    once,
    repeat,
    send: (action, expected, call) =>
      repeat(async () => {
        const reply = await once(call);
        if (expected.includes(reply.status)) return reply;
        throw describeRefusal(action, reply, await readText(reply), `${host}${call.url.pathname}`);
      }),
  };
}

function unreachable(host: string, cause: unknown): RegistryError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new RegistryError(`${host} cannot be reached: ${reason}`, { cause });
}

/**
 * https://distribution.github.io/distribution/spec/auth/token/
 *
 * @returns the header's value, or nothing when we have no answer
 */
async function answerChallenge(
  challenge: string,
  endpoint: URL,
  credentials: CredentialSource,
  scopes: readonly string[],
): Promise<string | undefined> {
  const owed = await credentials(endpoint.hostname);
  const basic =
    owed === undefined
      ? undefined
      : `Basic ${Buffer.from(`${owed.username}:${owed.password}`).toString("base64")}`;
  if (/^basic\b/i.test(challenge)) return basic;
  const realm = /\brealm="([^"]+)"/.exec(challenge)?.[1];
  if (!/^bearer\b/i.test(challenge) || realm === undefined) return undefined;
  const url = new URL(realm);
  const service = /\bservice="([^"]+)"/.exec(challenge)?.[1];
  if (service !== undefined) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  // A registry could name any token service: only its own host sees the secret.
  const headers = basic !== undefined && url.host === endpoint.host ? { authorization: basic } : {};
  const reply = await exchange({ method: "GET", url, headers }).catch((cause: unknown) => {
    throw unreachable(url.host, cause);
  });
  const body = await readText(reply);
  if (reply.status !== 200) throw describeRefusal("give a token", reply, body, url.host);
  const answer: unknown = JSON.parse(body);
  if (typeof answer !== "object" || answer === null) return undefined;
  const token = "token" in answer ? answer.token : "access_token" in answer ? answer.access_token : undefined;
  return typeof token === "string" ? `Bearer ${token}` : undefined;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
