import { isJsonObject, type Json } from "../block.ts";
import type { Rule } from "../rule.ts";

/** Arguments of the provider that hold a secret's value, wherever they stand in a resource. */
const valueArguments = new Set([
  "secret_data",
  "password",
  "root_password",
  "private_key",
  "pem_private_key",
  "private_key_pem",
  "auth_token",
  "service_key",
  "shared_secret",
  "raw_key",
  "client_secret",
  "oauth2_client_secret",
  "secret_access_key",
  "api_key",
  "access_token",
  "plaintext",
  "parameter_data",
]);

/** Arguments that a write-only provider feature keeps out of state and plan, if no literal is given. */
const writeOnlyArguments = new Set(["secret_data_wo", "password_wo", "root_password_wo"]);

function* findArguments(
  value: Json,
  path: string,
): Generator<{ readonly name: string; readonly path: string; readonly value: Json }> {
  if (Array.isArray(value)) {
    for (const child of value) yield* findArguments(child, path);
  } else if (isJsonObject(value)) {
    for (const [name, child] of Object.entries(value)) {
      if (name === "//" || name === "lifecycle") continue;
      const here = path === "" ? name : `${path}.${name}`;
      yield { name, path: here, value: child };
      yield* findArguments(child, here);
    }
  }
}

/** No secret's value stands in the configuration. */
export const secretValue: Rule = {
  id: "secret-value",
  reason:
    "What passes through the configuration stands in the plan, in the state and in the logs of the pipeline.",
  remedy:
    "Declare the secret without a value; an apply-time step makes its version, and the workload reads it by number.",
  *findBreaches(stack) {
    // Never the value itself: this message ends up in logs.
    for (const at of stack.resources()) {
      for (const { name, path, value } of findArguments(at.json, "")) {
        if (value === null || isJsonObject(value)) continue;
        if (valueArguments.has(name)) yield { at, what: `${path} is set` };
        else if (writeOnlyArguments.has(name) && !(typeof value === "string" && value.startsWith("${var."))) {
          yield { at, what: `${path} is not an ephemeral variable` };
        }
      }
    }
  },
};
