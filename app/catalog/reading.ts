export interface Reading {
  /** A receipt's token: the answer has seen that change. @throws InvalidTokenError for one no receipt carried. */
  readonly after?: string;
  /** The answer has seen every change that was acknowledged before it was asked for. @default false: at most a second old */
  readonly isNewest?: boolean;
}
