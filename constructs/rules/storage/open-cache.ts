import type { Rule } from "../rule.ts";

/** Redis asks for a password and speaks TLS. */
export const openCache: Rule = {
  id: "open-cache",
  reason: "Everything in the network could read and write the cache, and read it on the wire.",
  remedy: 'Set auth_enabled to true and transit_encryption_mode to "SERVER_AUTHENTICATION".',
  *findBreaches(stack) {
    for (const at of stack.resources("google_redis_instance")) {
      if (!at.isTrue("auth_enabled")) yield { at, what: `auth_enabled is ${at.describe("auth_enabled")}` };
      if (at.text("transit_encryption_mode") !== "SERVER_AUTHENTICATION") {
        yield { at, what: `transit_encryption_mode is ${at.describe("transit_encryption_mode")}` };
      }
    }
  },
};
