/** How an error of one code is answered. */
export interface ProblemKind {
  readonly status: number;
  /** The same for every occurrence. */
  readonly title: string;
  /**
   * What the reply says instead of the error's own message. Statuses from 500 on reveal nothing of the inside and
   * must have one. @default the error's message
   */
  readonly detail?: string;
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

export const ourFault = {
  status: 500,
  title: "Something went wrong on our side",
  detail: "It has been recorded under the correlation id.",
} as const;

export const outcomeUnknown = {
  status: 503,
  title: "It is not known whether the change was made",
  detail: "Repeat the request with the same Idempotency-Key: it is made once at most.",
  retryAfterSeconds: 2,
} as const;

export const notMade = {
  status: 503,
  title: "The change was not made",
  detail: "Nothing was changed. Repeat the request in a moment.",
  retryAfterSeconds: 2,
} as const;

/** A question or a change. */
export const notDone = {
  status: 503,
  title: "Too much is asked for just now",
  detail: "Nothing was changed. Repeat the request in a moment.",
  retryAfterSeconds: 2,
} as const;

export const tryAgain = "Nothing is lost by trying again in a moment.";
