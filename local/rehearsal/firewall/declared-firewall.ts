import type { IncomingMessage } from "node:http";
import {
  at,
  type JsonObject,
  objectAt,
  objectsAt,
  shown,
  textAt,
  textsAt,
} from "../../google-apis/engine/json.ts";
import type { Resource } from "../../google-apis/engine/state.ts";
import type { World } from "../../google-apis/engine/world.ts";
import { resourceAt } from "../declared-route.ts";
import { RateLimits } from "./rate-limit.ts";
import {
  type AskedRequest,
  isInRange,
  judge,
  type Verdict,
} from "../../google-apis/compute/rule-expression.ts";

/** Refused with a status, and why in words; undefined: let through. */
export type Refusal = { readonly status: number; readonly why: string } | undefined;

/** What the firewall asks of a request. */
export function askedRequest(request: IncomingMessage, url: URL): AskedRequest {
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(", ")] as const],
  );
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.search.slice(1),
    scheme: url.protocol.slice(0, -1),
    headers: Object.fromEntries(headers),
    ip: (request.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
  };
}

/**
 * What the declared security policies do with a request before anything behind them sees it: rules in the order of
 * their priorities, the first that matches decides. Google's signatures of attacks are not known here: where a rule
 * depends on them, the request goes on to the next, and is counted.
 */
export class DeclaredFirewall {
  readonly #world: World;
  readonly #limits: RateLimits;
  /** How many requests came to a rule that only Google can judge, by the rule's description. */
  readonly leftToGoogle = new Map<string, number>();
  /** How many requests a rule in preview would have refused, by the rule's description. */
  readonly previewed = new Map<string, number>();

  /** @param now milliseconds, for rates. @default the machine's */
  constructor(world: World, now: () => number = () => performance.now()) {
    this.#world = world;
    this.#limits = new RateLimits(now);
  }

  /**
   * @param backend a backend service or bucket
   * @throws Error where a rule needs what is not known here
   */
  judge(backend: Resource, request: AskedRequest): Refusal {
    const address = textAt(backend.body, "securityPolicy") || textAt(backend.body, "edgeSecurityPolicy");
    const policy = address === "" ? undefined : resourceAt(this.#world, address);
    if (policy === undefined) return undefined;
    const rules = objectsAt(policy.body, "rules").toSorted(
      (one, next) => Number(one["priority"]) - Number(next["priority"]),
    );
    for (const rule of rules) {
      const decided = this.#decide(policy.name, rule, request);
      if (decided !== "go on") return decided;
    }
    return undefined;
  }

  #decide(policy: string, rule: JsonObject, request: AskedRequest): Refusal | "go on" {
    const verdict = verdictOf(rule, request);
    const name = `${policy.split("/").at(-1)}: ${textAt(rule, "description") || shown(rule["priority"])}`;
    if (verdict === "unknown") raise(this.leftToGoogle, name);
    if (verdict !== "matches") return "go on";
    const refusal = this.#act(`${policy} ${shown(rule["priority"])}`, name, rule, request);
    if (rule["preview"] !== true) return refusal;
    if (refusal !== undefined) raise(this.previewed, name);
    return "go on";
  }

  #act(key: string, name: string, rule: JsonObject, request: AskedRequest): Refusal {
    const action = textAt(rule, "action");
    if (action !== "throttle") return refusalOf(action, name, request);
    const options = objectAt(rule, "rateLimitOptions");
    const conforms = this.#limits.conforms(key, options, request);
    return refusalOf(textAt(options, conforms ? "conformAction" : "exceedAction"), name, request);
  }
}

function verdictOf(rule: JsonObject, request: AskedRequest): Verdict {
  const match = objectAt(rule, "match");
  if (at(match, "expr.expression") !== undefined) return judge(textAt(match, "expr.expression"), request);
  const ranges = textsAt(match, "config.srcIpRanges");
  return ranges.some((range) => isInRange(request.ip, range)) ? "matches" : "passes";
}

function refusalOf(action: string, name: string, request: AskedRequest): Refusal {
  if (action === "allow") return undefined;
  const status = /^deny\((\d{3})\)$/.exec(action)?.[1];
  if (status === undefined)
    throw new Error(`the firewall's rule '${name}' does '${action}', which is not known here`);
  return {
    status: Number(status),
    why: `the firewall's rule '${name}' refuses ${request.method} ${request.path} from ${request.ip}`,
  };
}

function raise(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
