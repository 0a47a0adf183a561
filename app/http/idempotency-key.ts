import * as Type from "typebox";

const description =
  "The same request under the same key is carried out once and gives the first answer again, for 24 hours. A request that " +
  "changed nothing is not kept: repeated, it is decided anew, on what has been changed since.";

/** The header that makes a request safe to repeat, for a route's schema. */
export const idempotencyKeyHeader = {
  "idempotency-key": Type.Optional(Type.String({ pattern: "^[\\x21-\\x7e]{1,200}$", description })),
};
