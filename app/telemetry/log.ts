import type { FastifyServerOptions } from "fastify";
import type { IncomingHttpHeaders } from "node:http";

/** https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#logseverity */
const severities: Readonly<Record<string, string>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warn: "WARNING",
  error: "ERROR",
  fatal: "CRITICAL",
};

export interface LogSettings {
  readonly role: string;
  /** Of Google Cloud; names traces. */
  readonly projectId: string;
  readonly version: string;
  /** @default "info" */
  readonly level?: "debug" | "info" | "warn" | "error" | "silent";
  /** Where lines go. @default standard output */
  readonly destination?: { write(line: string): void };
}

/**
 * Lines of JSON with the fields that Cloud Logging reads: `severity`, `message`, `time`, `stack_trace` (which
 * Error Reporting groups by). Neither requests nor errors are logged as objects, only named fields of them: so no
 * header, token, cookie, query or body can end up in a line by accident.
 */
export function logOptions({ role, version, level, destination }: LogSettings) {
  return {
    level: level ?? "info",
    messageKey: "message",
    base: { role, version },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: {
      level: (label: string) => ({ severity: severities[label] ?? "DEFAULT" }),
      log: (fields: Record<string, unknown>) =>
        fields["err"] instanceof Error ? { ...fields, stack_trace: fields["err"].stack } : fields,
    },
    serializers: { req: () => ({}), res: () => ({}), err: (error: unknown) => describeError(error) },
    ...(destination && { stream: destination }),
  } satisfies FastifyServerOptions["logger"];
}

type ErrorDescription = {
  type: string;
  code?: string;
  message: string;
  stack: string;
  cause?: ErrorDescription;
};

const deepestCause = 5;

/** Only these fields: errors of libraries carry whole requests, claims and responses. */
function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error), stack: "" };
  return {
    type: error.name === "Error" ? error.constructor.name : error.name,
    ...("code" in error && typeof error.code === "string" && { code: error.code }),
    message: error.message,
    stack: error.stack ?? "",
    ...(error.cause !== undefined &&
      depth < deepestCause && { cause: describeError(error.cause, depth + 1) }),
  };
}

/**
 * The trace that a request belongs to, so that its lines stand under the load balancer's own in the log: from
 * `traceparent` (W3C) or Google's older header.
 */
export function traceFields(headers: IncomingHttpHeaders, projectId: string): Record<string, string> {
  const w3c = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-/.exec(String(headers["traceparent"] ?? ""));
  const google = /^([0-9a-f]{32})(?:\/|$)/i.exec(String(headers["x-cloud-trace-context"] ?? ""));
  const trace = (w3c ?? google)?.[1];
  return trace === undefined
    ? {}
    : { "logging.googleapis.com/trace": `projects/${projectId}/traces/${trace}` };
}
