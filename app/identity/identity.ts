/** Who asks, as verified: what every route may rely on. */
export interface Identity {
  /** As the identity provider knows the person; of no use but for finding `userId`, and never shown or logged. */
  readonly subject: string;
  /** Random, made at the first sign-in; the only name of a person in paths and records. */
  readonly userId: string;
  /** As the identity provider spells it today; may change, so nothing is keyed by it. */
  readonly email: string;
  /** Null where the assertion carries none, as Google's do. */
  readonly name: string | null;
  /** Whether the environment's facts name this e-mail address. */
  readonly isAdministrator: boolean;
}
