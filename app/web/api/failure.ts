import { isObject } from "./photo-json.ts";

/** The session at the identity proxy has ended. */
export class SignedOutError extends Error {
  override readonly name = "SignedOutError";

  constructor() {
    super("You are signed out.");
  }
}

/** No answer: the network, or the service behind it, is away. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";

  constructor(options?: ErrorOptions) {
    super("ImgStream cannot be reached. Check your connection.", options);
  }
}

/** The service said no; the message is for people. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly status: number;
  /** Of the problem reply, such as `photo-exists`; empty where the answer was none. */
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;
  /** The reply, for what else it says. */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    message: string,
    problem: Readonly<Record<string, unknown>>,
    retryAfter?: string | null,
  ) {
    super(message);
    this.status = status;
    this.code = typeof problem["code"] === "string" ? problem["code"] : "";
    this.problem = problem;
    const seconds = Number(retryAfter ?? Number.NaN);
    this.retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined;
  }

  /** The same request may go well later. */
  get isPassing(): boolean {
    return [408, 425, 429, 502, 503, 504].includes(this.status);
  }
}

/** What an answer that is no success means. Problem replies follow RFC 9457; what stands before the app sends text. */
export function readFailure(status: number, body: string, retryAfter?: string | null): Error {
  if (status === 401) return new SignedOutError();
  const problem = parseObject(body);
  const { detail, title } = problem;
  const words = typeof detail === "string" && detail !== "" ? detail : title;
  return new RefusedError(
    status,
    typeof words === "string" && words !== "" ? sentence(words) : wordsOf(status),
    problem,
    retryAfter,
  );
}

/** What to tell a person about any error. */
export function messageOf(error: unknown): string {
  const isOurs =
    error instanceof SignedOutError || error instanceof UnreachableError || error instanceof RefusedError;
  return isOurs ? error.message : "Something went wrong. Please try again.";
}

/** Errors of the inner rooms begin small and end without a stop. */
function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?…]$/.test(words) ? "" : "."}`;
}

function wordsOf(status: number): string {
  if (status === 413) return "This is larger than one upload may be.";
  if (status === 429) return "Too many requests at once. Please wait a moment.";
  if (status >= 500) return "ImgStream has a problem just now. Please try again in a moment.";
  return "ImgStream did not accept this.";
}

function parseObject(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
