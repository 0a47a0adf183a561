import type { AskGoogle } from "./google.mts";
import { field, property } from "./json-request.mts";

/** Why the newest revision of a Cloud Run service does not serve, as the end of a sentence that begins with its name. */
export async function whyNotReady(ask: AskGoogle, service: unknown): Promise<string> {
  const path = field(service, "latestCreatedRevision");
  const revision = await ask({ product: "run", path }).catch(() => undefined);
  const conditions = property(revision, "conditions");
  for (const condition of Array.isArray(conditions) ? conditions : []) {
    const message = property(condition, "message");
    if (property(condition, "state") === "CONDITION_FAILED" && typeof message === "string") {
      return `failed (${message.replace(/\.$/, "")})`;
    }
  }
  const message = property(property(service, "terminalCondition"), "message");
  return typeof message === "string" && message !== ""
    ? `is not ready (${message.replace(/\.$/, "")})`
    : "is not ready";
}

/** A service or revision as people call it: the end of its path. */
export function shortName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
