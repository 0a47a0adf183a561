import type { RequestRefusedError } from "../request-refusal.ts";
import { type ProblemKind, tryAgain } from "../problem-kind.ts";

/** The request itself. */
type RequestError = RequestRefusedError;

export const requestProblems = {
  "request-invalid": { status: 400, title: "The request is not what this address takes" },
  "client-gone": { status: 400, title: "The connection ended before the request did" },
  "body-not-json": { status: 400, title: "The body is not JSON" },
  "cross-site-request": { status: 403, title: "Refused because it seems to come from another site" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "This address does not take that method" },
  "request-timeout": { status: 408, title: "The request did not arrive in time" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "address-too-long": { status: 414, title: "The address is too long" },
  "media-type-unsupported": { status: 415, title: "The body is of a type that is not taken here" },
  "range-not-satisfiable": { status: 416, title: "There is no such part of it" },
  "precondition-required": { status: 428, title: "The edit does not say what it was made on" },
  "too-many-requests": { status: 429, title: "Too many requests at once" },
  "headers-too-large": { status: 431, title: "The request's headers are too large" },
  "not-ready": { status: 503, title: "Not ready", detail: tryAgain, retryAfterSeconds: 5 },
  "took-too-long": {
    status: 503,
    title: "The request took too long and was given up",
    detail: tryAgain,
    retryAfterSeconds: 5,
  },
  "page-not-built": {
    status: 503,
    title: "The page is not built",
    detail:
      "This process was started without the built page: build it and start again. The API answers without it.",
  },
} as const satisfies Record<RequestError["code"], ProblemKind>;
