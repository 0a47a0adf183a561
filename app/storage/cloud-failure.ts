import { ObjectDamagedError, PreconditionFailedError } from "./object-store.ts";

/** What became of a request, as far as its failure tells. */
export type CloudFailure =
  /** An answer of its own: to be passed on. */
  | "answer"
  /** Understood and not done; repeating it would not help. */
  | "refused"
  /** Not done, for a reason that passes: too many requests. */
  | "postponed"
  /** Done or not. */
  | "unknown";

/** https://cloud.google.com/storage/docs/retry-strategy */
export function cloudFailure(error: unknown): CloudFailure {
  if (error instanceof PreconditionFailedError || error instanceof ObjectDamagedError) return "answer";
  const status = statusOf(error);
  // A success that fails all the same is one whose answer cannot be read.
  if (status === undefined || status < 400 || status >= 500 || status === 408) return "unknown";
  return status === 429 ? "postponed" : "refused";
}

export function isStatus(error: unknown, status: number): boolean {
  return statusOf(error) === status;
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const status = Number(error.code);
  return Number.isInteger(status) && status >= 100 && status < 600 ? status : undefined;
}
