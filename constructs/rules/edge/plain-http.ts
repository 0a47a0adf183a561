import type { Rule } from "../rule.ts";
import type { SynthesizedBlock } from "../synthesized-stack.ts";

const destinations = ["default_service", "path_matcher", "default_route_action"];

function isRedirectOnly(urlMap: SynthesizedBlock): boolean {
  return (
    urlMap.isTrue("default_url_redirect.https_redirect") && !destinations.some((name) => urlMap.has(name))
  );
}

/** Plain HTTP does nothing but send people to HTTPS. */
export const plainHttp: Rule = {
  id: "plain-http",
  reason: "What is sent over plain HTTP, a signed cookie for one, is read by everybody on the way.",
  remedy:
    "Give the HTTP proxy a URL map whose only content is default_url_redirect { https_redirect = true }.",
  *findBreaches(stack) {
    for (const at of stack.resources(
      "google_compute_target_http_proxy",
      "google_compute_region_target_http_proxy",
    )) {
      const urlMaps = stack.referred(at, "url_map");
      if (urlMaps.length === 0 || !urlMaps.every(isRedirectOnly)) {
        yield { at, what: `url_map ${at.describe("url_map")} does more than redirect to HTTPS` };
      }
    }
  },
};
