import type { JsonObject } from "./json.ts";

/** Canonical codes of Google's APIs with their HTTP status: https://cloud.google.com/apis/design/errors */
const statuses = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  CONDITION_NOT_MET: 412,
  UNAVAILABLE: 503,
} as const;

export type ErrorStatus = keyof typeof statuses;

/** `google.rpc.Code` of each, as long-running operations report it. */
const numbers: Readonly<Record<ErrorStatus, number>> = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  FAILED_PRECONDITION: 9,
  CONDITION_NOT_MET: 9,
  ABORTED: 10,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
};

export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** A refusal, in the words and the format of the API that refuses. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: ErrorStatus;
  /** Of the older format (`errors[].reason`): compute, storage, BigQuery. */
  readonly reason: string;
  readonly violations: readonly FieldViolation[];
  readonly details: readonly JsonObject[];

  constructor(
    status: ErrorStatus,
    message: string,
    more: {
      readonly reason?: string;
      readonly violations?: readonly FieldViolation[];
      readonly details?: readonly JsonObject[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.status = status;
    this.reason = more.reason ?? reasons[status];
    this.violations = more.violations ?? [];
    this.details = more.details ?? [];
  }

  get httpStatus(): number {
    return statuses[this.status];
  }

  /** As the field `error` of a finished long-running operation. */
  toOperationError(): JsonObject {
    return { code: numbers[this.status], message: this.message };
  }

  /** As the body of an HTTP answer; both formats at once where the API still writes the older one. */
  toReply(isOlderFormat: boolean): JsonObject {
    const details = [...this.details];
    if (this.violations.length > 0) {
      const fieldViolations = this.violations.map(({ field, description }) => ({ field, description }));
      details.push({ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations });
    }
    const older = { errors: [{ message: this.message, domain: "global", reason: this.reason }] };
    const status = this.status === "CONDITION_NOT_MET" ? {} : { status: this.status };
    return {
      error: {
        code: this.httpStatus,
        message: this.message,
        ...(isOlderFormat ? older : {}),
        ...status,
        ...(details.length > 0 ? { details } : {}),
      },
    };
  }
}

const reasons: Readonly<Record<ErrorStatus, string>> = {
  INVALID_ARGUMENT: "invalid",
  FAILED_PRECONDITION: "failedPrecondition",
  UNAUTHENTICATED: "required",
  PERMISSION_DENIED: "forbidden",
  NOT_FOUND: "notFound",
  ABORTED: "aborted",
  ALREADY_EXISTS: "alreadyExists",
  CONDITION_NOT_MET: "conditionNotMet",
  UNAVAILABLE: "backendError",
};
