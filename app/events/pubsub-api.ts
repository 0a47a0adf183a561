import { type AskGoogle, connectGoogleApi } from "../google-api/google-api.ts";

export interface PubSubApiOptions {
  /** Scheme, host and port of a stand-in, which asks for no credentials. @default Google's own */
  readonly endpoint: string | undefined;
  /** How long an answer may take. */
  readonly timeoutMilliseconds: number;
}

/**
 * https://cloud.google.com/pubsub/docs/reference/rest, by the credentials of the process. Paths such as
 * `projects/P/topics/T:publish`.
 */
export function connectPubSub(options: PubSubApiOptions): AskGoogle {
  const ask = connectGoogleApi({
    ...options,
    origin: "https://pubsub.googleapis.com",
    scope: "https://www.googleapis.com/auth/pubsub",
  });
  return (path, ...rest) => ask(`v1/${path}`, ...rest);
}
