import { type JsonObject, objectAt, textAt } from "../../google-apis/engine/json.ts";
import type { AskedRequest } from "../../google-apis/compute/rule-expression.ts";

interface Window {
  readonly endsAt: number;
  count: number;
}

/** What a rule's requests are counted by. @throws Error where nothing here knows Cloud Armor's key */
function keyOf(options: JsonObject, request: AskedRequest): string {
  const keys = options["enforceOnKeyConfigs"];
  // Cloud Armor takes them in place of the one key, which is then empty.
  if (Array.isArray(keys) && keys.length > 0) {
    throw new Error(
      `a firewall rule counts by enforceOnKeyConfigs ${JSON.stringify(keys)}, which is not known here: declare one enforceOnKey, or teach this file to count by several`,
    );
  }
  const by = textAt(options, "enforceOnKey") || "ALL";
  switch (by) {
    case "ALL":
      return "";
    // Nobody stands before this edge, so that both are the same.
    case "IP":
    case "XFF_IP":
      return request.ip;
    case "HTTP_HEADER":
      return request.headers[textAt(options, "enforceOnKeyName").toLowerCase()] ?? "";
    case "HTTP_PATH":
      return request.path;
    case "REGION_CODE":
      return "ZZ";
    default:
      throw new Error(`a firewall rule counts by '${by}', which is not known here`);
  }
}

/** Counts the requests that rules of a rate let through, each rule and key for itself. */
export class RateLimits {
  readonly #windows = new Map<string, Window>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one more. @returns whether it is still within the declared threshold */
  conforms(rule: string, options: JsonObject, request: AskedRequest): boolean {
    const key = `${rule} ${keyOf(options, request)}`;
    const threshold = objectAt(options, "rateLimitThreshold");
    const [most, seconds] = [Number(threshold["count"] ?? 0), Number(threshold["intervalSec"] ?? 60)];
    const now = this.#now();
    const known = this.#windows.get(key);
    const window =
      known === undefined || known.endsAt <= now ? { endsAt: now + seconds * 1000, count: 0 } : known;
    window.count += 1;
    this.#windows.set(key, window);
    return window.count <= most;
  }
}
