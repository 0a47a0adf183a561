import type { Environment } from "../environments/index.ts";

/** What every resource of an environment carries. */
export function labelsOf({ name }: Environment): Record<string, string> {
  return { application: "imgstream", environment: name, "managed-by": "terraform" };
}
