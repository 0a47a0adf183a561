import { type HttpCall, type HttpReply, readText } from "./http-exchange.ts";
import { reach } from "./registry-exchange.ts";
import type { CredentialSource } from "./registry-credentials.ts";
import { RegistryError, describeRefusal } from "./registry-error.ts";
import { openSignIn } from "./registry-sign-in.ts";

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

export interface RegistryCall extends HttpCall {
  /** What the sign-in must allow besides the session's own scopes. @default nothing */
  readonly scopes?: readonly string[];
}

/** Sends requests to one registry: signs in when it is asked to, repeats what may pass, explains what does not. */
export interface RegistrySession {
  readonly host: string;
  /** @param path absolute path, or an address that the registry gave */
  url(path: string): URL;
  /** Sends once, signed in. Any status is a reply. */
  once(call: RegistryCall): Promise<HttpReply>;
  /**
   * Sends until a status of `expected` comes, or tries are used up.
   *
   * @param action for the error, such as `take the manifest`
   */
  send(action: string, expected: readonly number[], call: RegistryCall): Promise<HttpReply>;
  /** Runs `attempt` again, after a pause, while it fails in a way that may pass. */
  repeat<T>(attempt: (count: number) => Promise<T>): Promise<T>;
  /**
   * Waits for as long as is fitting after try number `count` failed.
   *
   * @throws that same error when it does not pass, or was the last try
   */
  pauseAfter(error: unknown, count: number): Promise<void>;
}

export function openSession({
  endpoint,
  credentials,
  scopes,
  retry = defaultRetryPolicy,
}: SessionOptions): RegistrySession {
  const { host } = endpoint;
  const signIn = openSignIn(endpoint, credentials, scopes);

  const once = async ({ scopes: more = [], ...call }: RegistryCall): Promise<HttpReply> => {
    // A secret goes to the registry itself, never to where it sends us for a blob.
    const isOwn = call.url.origin === endpoint.origin;
    if (isOwn) await signIn.widen(more);
    const attempt = async (): Promise<HttpReply> => {
      const { authorization } = signIn;
      return await reach(
        isOwn && authorization !== undefined
          ? { ...call, headers: { ...call.headers, authorization } }
          : call,
      );
    };
    const reply = await attempt();
    const challenge = reply.headers["www-authenticate"];
    if (reply.status !== 401 || challenge === undefined || !isOwn) return reply;
    if (!(await signIn.answer(challenge))) return reply;
    reply.stream.resume();
    return await attempt();
  };

  const pauseAfter = async (error: unknown, count: number): Promise<void> => {
    if (!(error instanceof RegistryError) || !error.isPassing || count >= retry.attempts) throw error;
    const asked = error.retryAfterMilliseconds;
    if (asked !== undefined && asked > (retry.longestPauseMilliseconds ?? 120_000)) throw error;
    await (retry.pause ?? pause)(asked ?? retry.firstPauseMilliseconds * 2 ** (count - 1));
  };

  const repeat = async <T>(attempt: (count: number) => Promise<T>): Promise<T> => {
    for (let count = 1; ; count++) {
      try {
        return await attempt(count);
      } catch (error) {
        await pauseAfter(error, count);
      }
    }
  };

  return {
    host,
    url: (path) => new URL(path, endpoint),
    once,
    repeat,
    pauseAfter,
    send: (action, expected, call) =>
      repeat(async () => {
        const reply = await once(call);
        if (expected.includes(reply.status)) return reply;
        throw describeRefusal(action, reply, await readText(reply), `${host}${call.url.pathname}`);
      }),
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
