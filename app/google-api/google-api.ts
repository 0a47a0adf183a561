import type { GoogleAuth } from "google-auth-library";

export interface GoogleApiOptions {
  /** Scheme and host of the API, such as `https://pubsub.googleapis.com`. */
  readonly origin: string;
  /** What the token may be used for: https://developers.google.com/identity/protocols/oauth2/scopes */
  readonly scope: string;
  /** Scheme, host and port of a stand-in, which asks for no credentials. @default Google's own */
  readonly endpoint?: string | undefined;
  /** How long an answer may take. */
  readonly timeoutMilliseconds: number;
}

export interface GoogleAnswer {
  /** Whether the status is 2xx. */
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
}

/**
 * One request.
 *
 * @param path without a slash before it
 * @param method by default POST with a body, GET without
 */
export type AskGoogle = (path: string, body?: object, method?: "GET" | "POST") => Promise<GoogleAnswer>;

/** One of Google's APIs that speak JSON, by the credentials of the process. Nothing is repeated. */
export function connectGoogleApi(options: GoogleApiOptions): AskGoogle {
  const { origin, scope, endpoint, timeoutMilliseconds } = options;
  let auth: Promise<GoogleAuth> | undefined;

  const authorization = async (): Promise<Record<string, string>> => {
    if (endpoint !== undefined) return {};
    auth ??= import("./google-credentials.ts").then(({ GoogleAuth }) => new GoogleAuth({ scopes: [scope] }));
    return { authorization: `Bearer ${(await (await auth).getAccessToken()) ?? ""}` };
  };

  return async (path, body, method = body === undefined ? "GET" : "POST") => {
    const reply = await fetch(`${endpoint ?? origin}/${path}`, {
      method,
      headers: { "content-type": "application/json", ...(await authorization()) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    return { ok: reply.ok, status: reply.status, text: await reply.text() };
  };
}
