import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * Has cdktf no longer note, for each of thousands of tokens, the whole call stack that made it: a tenth of a
 * synthesis, for a line that only an unresolvable token's error shows. Its fork has a variable for this; cdktf has
 * none, so its one function is replaced.
 */
export function forgetTokenOrigins(): void {
  process.env["CDKTN_DISABLE_CREATION_STACK"] ??= "true";
  const traces: object = require("cdktf/lib/tokens/private/stack-trace.js");
  Reflect.set(traces, "captureStackTrace", () => []);
}
