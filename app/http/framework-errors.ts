import { RequestRefusedError } from "./request-refusal.ts";
import type { RequestRefusalCode } from "./request-refusal.ts";

interface Meaning {
  readonly code: RequestRefusalCode;
  readonly message: string;
}

/** What the framework and its plugins throw while they read a request, in our words. */
const meanings: Readonly<Record<string, Meaning>> = {
  FST_ERR_BAD_URL: { code: "request-invalid", message: "The address is not properly percent-encoded." },
  FST_ERR_INVALID_URL: { code: "request-invalid", message: "The address cannot be read." },
  FST_ERR_MAX_PARAM_LENGTH: {
    code: "address-too-long",
    message: "A part of the address is longer than anything here is named.",
  },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: "body-too-large",
    message: "The body is larger than this address takes: send less at once.",
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: "media-type-unsupported",
    message: "The Content-Type is not one that this address takes: see /openapi.json.",
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: "request-invalid",
    message: "The body has another length than Content-Length says.",
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    code: "body-not-json",
    message: "The body is empty: send JSON, or no Content-Type.",
  },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: "body-not-json", message: "The body cannot be read as JSON." },
  FST_ERR_ROUTE_MISSING_CONTENT_TYPE: {
    code: "media-type-unsupported",
    message: "The Content-Type is missing: say what the body is.",
  },
  FST_ERR_ROUTE_MISSING_CONTENT: { code: "request-invalid", message: "The body is missing." },
  FST_ERR_HANDLER_TIMEOUT: { code: "took-too-long", message: "The request took too long." },
  FST_REQ_FILE_TOO_LARGE: { code: "body-too-large", message: "The file is larger than is taken here." },
  FST_PARTS_LIMIT: { code: "request-invalid", message: "The form has more parts than are taken here." },
  FST_FILES_LIMIT: { code: "request-invalid", message: "The form has more files than are taken here." },
  FST_FIELDS_LIMIT: { code: "request-invalid", message: "The form has more fields than are taken here." },
  FST_PROTO_VIOLATION: {
    code: "request-invalid",
    message: "A field of the form has a name that is not allowed.",
  },
  FST_INVALID_MULTIPART_CONTENT_TYPE: {
    code: "media-type-unsupported",
    message: "The body must be multipart/form-data with a boundary.",
  },
  FST_INVALID_JSON_FIELD_ERROR: {
    code: "body-not-json",
    message: "A field of the form says that it is JSON and is not.",
  },
  FST_MP_PREMATURE_CLOSE: { code: "request-invalid", message: "The form ended before its last boundary." },
};

const boundaryFault: Meaning = {
  code: "media-type-unsupported",
  message: "The Content-Type must be multipart/form-data with a boundary of 1 to 70 characters.",
};

const formEnded: Meaning = { code: "request-invalid", message: "The form ended before its last boundary." };

/** The reader of forms throws plain errors: https://github.com/fastify/busboy, lib/types/multipart.js, deps. */
const messages: readonly (readonly [RegExp, Meaning])[] = [
  [/^Multipart: Boundary not found$/, boundaryFault],
  [/^The needle cannot /, boundaryFault],
  [/^Unexpected end of multipart data$/, formEnded],
  [/ terminated early due to unexpected end of multipart data$/, formEnded],
];

/** The refusal that a framework's error stands for, or undefined where it is ours to answer for. */
export function readFrameworkError(error: unknown): RequestRefusedError | undefined {
  if (!(error instanceof Error)) return undefined;
  const meaning =
    "code" in error && typeof error.code === "string"
      ? meanings[error.code]
      : messages.find(([pattern]) => pattern.test(error.message))?.[1];
  return meaning && new RequestRefusedError(meaning.code, meaning.message, { cause: error });
}
