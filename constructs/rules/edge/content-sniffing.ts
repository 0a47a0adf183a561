import type { Rule } from "../rule.ts";

/** What a bucket serves is what its type says. */
export const contentSniffing: Rule = {
  id: "content-sniffing",
  reason:
    "A browser that guesses types runs a script that somebody uploaded as a picture, on your own address.",
  remedy: 'Add "X-Content-Type-Options: nosniff" to custom_response_headers of every backend bucket.',
  *findBreaches(stack) {
    for (const at of stack.resources("google_compute_backend_bucket")) {
      const headers = at.texts("custom_response_headers");
      if (!headers.some((header) => /^x-content-type-options:\s*nosniff$/i.test(header))) {
        yield { at, what: `custom_response_headers is ${at.describe("custom_response_headers")}` };
      }
    }
  },
};
