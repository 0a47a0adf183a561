/** Why an assertion was refused: for the log, never for a reply. */
export type RefusalReason =
  | "missing"
  | "malformed"
  | "wrong-algorithm"
  | "unknown-key"
  | "wrong-signature"
  | "wrong-issuer"
  | "wrong-audience"
  | "expired"
  | "not-yet-valid"
  | "claim-missing";

/** The request carries no assertion that proves who asks. */
export class AssertionRefusedError extends Error {
  readonly code = "sign-in-required";
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, options?: ErrorOptions) {
    super("this request carries no valid proof of who is asking", options);
    this.reason = reason;
  }
}

/** The proxy's public keys could not be read, so nobody's assertion can be judged right now. */
export class KeySetUnavailableError extends Error {
  readonly code = "key-set-unavailable";

  constructor(options?: ErrorOptions) {
    super("the identity proxy's public keys could not be read", options);
  }
}
