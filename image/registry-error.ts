import type { HttpReply } from "./http-exchange.ts";

/** What a registry refused, or that it could not be reached. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  /** HTTP status, or nothing when no answer came. */
  readonly status: number | undefined;
  /** The registry's own word, such as `BLOB_UNKNOWN`. */
  readonly code: string | undefined;
  /** How long the registry asks to be left alone, or nothing when it does not say. */
  readonly retryAfterMilliseconds: number | undefined;

  constructor(message: string, { status, code, retryAfterMilliseconds, cause }: RegistryErrorFields = {}) {
    super(message, { cause });
    this.status = status;
    this.code = code;
    this.retryAfterMilliseconds = retryAfterMilliseconds;
  }

  /** Worth repeating: no answer, too many requests, or a fault of the registry's own. */
  get isPassing(): boolean {
    return this.status === undefined || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export interface RegistryErrorFields {
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly retryAfterMilliseconds?: number | undefined;
  readonly cause?: unknown;
}

/** No answer came. */
export function unreachable(host: string, cause: unknown): RegistryError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new RegistryError(`${host} cannot be reached: ${reason}`, { cause });
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes */
export function describeRefusal(
  action: string,
  { status, headers }: Pick<HttpReply, "status" | "headers">,
  body: string,
  pathAndHost: string,
): RegistryError {
  const { code, message, detail } = firstError(body);
  const said = [code, message, detail].filter((part) => part !== undefined).join(": ");
  const retryAfterMilliseconds = readRetryAfter(headers["retry-after"]);
  const remedy =
    retryAfterMilliseconds === undefined
      ? (remedies[status] ?? (status >= 500 ? remedyOfItsOwn : undefined))
      : `Wait ${Math.ceil(retryAfterMilliseconds / 1000)} s and repeat the command`;
  return new RegistryError(
    `${pathAndHost} refused to ${action}: ${status}${said === "" ? "" : ` ${said}`}${remedy === undefined ? "" : `. ${remedy}`}`,
    { status, code, retryAfterMilliseconds },
  );
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.retry-after: seconds, or a date. */
function readRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

const remedies: Readonly<Record<number, string>> = {
  401: "Sign in with `gcloud auth application-default login`, or give a token by GOOGLE_OAUTH_ACCESS_TOKEN",
  403: "The account that deploys needs roles/artifactregistry.writer on the repository",
  404: "Does the repository exist? The environment's own stack makes it",
  413: "The registry, or a proxy before it, limits the size of a request",
  429: "Wait a minute and repeat the command",
};

const remedyOfItsOwn = "The registry itself failed: if repeating does not help, see its log and its disk";

interface SaidError {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** What only some registries say, and what for a full disk is the only telling part. */
  readonly detail?: string | undefined;
}

function firstError(body: string): SaidError {
  try {
    const reply: unknown = JSON.parse(body);
    if (typeof reply !== "object" || reply === null || !("errors" in reply) || !Array.isArray(reply.errors)) {
      return {};
    }
    const first: unknown = reply.errors[0];
    if (typeof first !== "object" || first === null) return {};
    return {
      code: "code" in first && typeof first.code === "string" ? first.code : undefined,
      message: "message" in first && typeof first.message === "string" ? first.message : undefined,
      detail: "detail" in first ? describeDetail(first.detail) : undefined,
    };
  } catch {
    return { message: body.trim().slice(0, 200) || undefined };
  }
}

function describeDetail(detail: unknown): string | undefined {
  if (detail === null || detail === undefined || detail === "") return undefined;
  return (typeof detail === "string" ? detail : JSON.stringify(detail)).slice(0, 300);
}
