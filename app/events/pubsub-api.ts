import type { GoogleAuth } from "google-auth-library";

export interface PubSubApiOptions {
  /** Scheme, host and port of a stand-in, which asks for no credentials. @default Google's own */
  readonly endpoint: string | undefined;
  /** How long an answer may take. */
  readonly timeoutMilliseconds: number;
}

export interface PubSubAnswer {
  /** Whether the status is 2xx. */
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
}

/** One request: POST with a body, GET without. @param path such as `projects/P/topics/T:publish` */
export type AskPubSub = (path: string, body?: object) => Promise<PubSubAnswer>;

const scopes = ["https://www.googleapis.com/auth/pubsub"];

/** https://cloud.google.com/pubsub/docs/reference/rest, by the credentials of the process. */
export function connectPubSub({ endpoint, timeoutMilliseconds }: PubSubApiOptions): AskPubSub {
  const base = `${endpoint ?? "https://pubsub.googleapis.com"}/v1`;
  let auth: Promise<GoogleAuth> | undefined;

  const authorization = async (): Promise<Record<string, string>> => {
    if (endpoint !== undefined) return {};
    auth ??= import("./google-credentials.ts").then(({ GoogleAuth }) => new GoogleAuth({ scopes }));
    return { authorization: `Bearer ${(await (await auth).getAccessToken()) ?? ""}` };
  };

  return async (path, body) => {
    const reply = await fetch(`${base}/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { "content-type": "application/json", ...(await authorization()) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    return { ok: reply.ok, status: reply.status, text: await reply.text() };
  };
}
