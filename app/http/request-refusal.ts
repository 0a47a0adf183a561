export type RequestRefusalCode =
  | "request-invalid"
  | "client-gone"
  | "body-not-json"
  | "cross-site-request"
  | "not-found"
  | "method-not-allowed"
  | "body-too-large"
  | "address-too-long"
  | "media-type-unsupported"
  | "request-timeout"
  | "precondition-required"
  | "too-many-requests"
  | "range-not-satisfiable"
  | "headers-too-large"
  | "not-ready"
  | "took-too-long"
  | "page-not-built";

/** One field of a request that is not what it must be. */
export interface FieldFault {
  readonly in: "body" | "query" | "path" | "header";
  /** JSON pointer (RFC 6901) into that part: `/tags/3`; empty for the whole of it. */
  readonly pointer: string;
  readonly detail: string;
}

/** The request itself is at fault, whatever it asks for: what HTTP and the schemas of the routes refuse. */
export class RequestRefusedError extends Error {
  readonly code: RequestRefusalCode;
  readonly faults: readonly FieldFault[];

  constructor(
    code: RequestRefusalCode,
    message: string,
    options: ErrorOptions & { readonly faults?: readonly FieldFault[] } = {},
  ) {
    super(message, options);
    this.code = code;
    this.faults = options.faults ?? [];
  }
}
