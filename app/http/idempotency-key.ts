import * as Type from "typebox";

/** The header that makes a request safe to repeat, for a route's schema; kept for 24 hours. */
export const idempotencyKeyHeader = {
  "idempotency-key": Type.Optional(Type.String({ pattern: "^[\\x21-\\x7e]{1,200}$" })),
};
