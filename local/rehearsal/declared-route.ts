import { type JsonObject, objectAt, objectsAt, textAt, textsAt } from "../google-apis/engine/json.ts";
import type { Resource } from "../google-apis/engine/state.ts";
import type { World } from "../google-apis/engine/world.ts";

export type DeclaredRoute =
  | { readonly kind: "service" | "bucket"; readonly backend: Resource; readonly urlMap: Resource }
  | { readonly kind: "redirect"; readonly location: string; readonly status: number }
  /** What is missing on the way, in words. */
  | { readonly kind: "nothing"; readonly why: string };

const statuses: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY_DEFAULT: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

function nothing(why: string): DeclaredRoute {
  return { kind: "nothing", why };
}

/** The compute resource behind a whole address. */
export function resourceAt(world: World, link: string): Resource | undefined {
  return world.state.get("compute", link.replace(/^https:\/\/www\.googleapis\.com\/compute\/v1\//, ""));
}

/** The forwarding rule of a port, down to its URL map. */
export function declaredUrlMap(world: World, port: 80 | 443): Resource | string {
  const rule = world.state
    .all({ collection: "compute.globalForwardingRules" })
    .find(({ body }) => textAt(body, "portRange") === `${port}-${port}`);
  if (rule === undefined) return `no forwarding rule is declared for port ${port}`;
  const proxy = resourceAt(world, textAt(rule.body, "target"));
  if (proxy === undefined) return `the forwarding rule '${rule.name}' has no target`;
  const map = resourceAt(world, textAt(proxy.body, "urlMap"));
  return map ?? `the proxy '${proxy.name}' has no URL map`;
}

/** The hosts that the load balancer's certificates are for. */
export function declaredHosts(world: World): string[] {
  return world.state
    .all({ collection: "compute.sslCertificates" })
    .flatMap(({ body }) => textsAt(body, "managed.domains"));
}

function isHost(patterns: readonly string[], host: string): boolean {
  return patterns.some(
    (pattern) =>
      pattern === host || pattern === "*" || (pattern.startsWith("*.") && host.endsWith(pattern.slice(1))),
  );
}

/** The rule with the longest fitting path wins: https://cloud.google.com/load-balancing/docs/url-map-concepts */
function ruleFor(matcher: JsonObject, path: string): JsonObject | undefined {
  const fitting = objectsAt(matcher, "pathRules").flatMap((rule) =>
    textsAt(rule, "paths")
      .filter(
        (pattern) =>
          pattern === path || (pattern.endsWith("/*") && `${path}/`.startsWith(pattern.slice(0, -1))),
      )
      .map((pattern) => ({ rule, length: pattern.length })),
  );
  return fitting.toSorted((one, other) => other.length - one.length)[0]?.rule;
}

function destination(world: World, link: string, urlMap: Resource): DeclaredRoute {
  const backend = resourceAt(world, link);
  if (backend === undefined)
    return nothing(`the URL map '${urlMap.name}' leads to '${link}', which does not exist`);
  return { kind: backend.collection.endsWith("backendBuckets") ? "bucket" : "service", backend, urlMap };
}

function redirected(rule: JsonObject, url: URL): DeclaredRoute {
  const target = new URL(url);
  if (rule["httpsRedirect"] === true) target.protocol = "https:";
  if (textAt(rule, "hostRedirect") !== "") target.host = textAt(rule, "hostRedirect");
  if (rule["stripQuery"] === true) target.search = "";
  const status = statuses[textAt(rule, "redirectResponseCode")] ?? 301;
  return { kind: "redirect", location: target.href, status };
}

/** Where the declared load balancer sends a request. */
export function routeOf(world: World, url: URL): DeclaredRoute {
  const map = declaredUrlMap(world, url.protocol === "https:" ? 443 : 80);
  if (typeof map === "string") return nothing(map);
  const hostRule = objectsAt(map.body, "hostRules").find((rule) =>
    isHost(textsAt(rule, "hosts"), url.hostname),
  );
  const matcher =
    objectsAt(map.body, "pathMatchers").find(({ name }) => name === hostRule?.["pathMatcher"]) ?? map.body;
  const rule = ruleFor(matcher, url.pathname);
  const redirect = objectAt(rule ?? matcher, rule === undefined ? "defaultUrlRedirect" : "urlRedirect");
  if (Object.keys(redirect).length > 0) return redirected(redirect, url);
  const service = rule === undefined ? textAt(matcher, "defaultService") : textAt(rule, "service");
  return destination(world, service, map);
}
