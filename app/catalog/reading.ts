export interface Reading {
  /** A receipt's token: the answer has seen that change. @throws InvalidTokenError for one no receipt carried. */
  readonly after?: string;
}
