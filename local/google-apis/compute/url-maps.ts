import { ApiError } from "../engine/api-error.ts";
import { computeOperation } from "../engine/compute-operation.ts";
import { type JsonObject, objectsAt, textAt, textsAt } from "../engine/json.ts";
import type { Kind } from "../engine/kind.ts";
import { isPathPattern } from "./path-pattern.ts";
import { named } from "./networks.ts";

function refuse(message: string): never {
  throw new ApiError("INVALID_ARGUMENT", message);
}

function hasDefault(rule: JsonObject): boolean {
  return ["defaultService", "defaultUrlRedirect", "defaultRouteAction"].some(
    (field) => rule[field] !== undefined,
  );
}

function checkPaths(rule: JsonObject, matcher: string): void {
  const seen = new Set<string>();
  for (const text of objectsAt(rule, "pathRules").flatMap((pathRule) => textsAt(pathRule, "paths"))) {
    if (!/^\/[^?#]*$/.test(text) || /\*(?!$)/.test(text) || /[^/]\*$/.test(text)) {
      refuse(
        `Invalid value for field 'resource.pathMatchers': path '${text}' must begin with '/' and may end with '/*' only.`,
      );
    }
    if (seen.has(text))
      refuse(`Invalid value for field 'resource.pathMatchers': path '${text}' stands twice in '${matcher}'.`);
    seen.add(text);
  }
}

function check(next: JsonObject): void {
  if (!hasDefault(next)) refuse("Required field 'resource.defaultService' not specified");
  const matchers = objectsAt(next, "pathMatchers").map((matcher) => textAt(matcher, "name"));
  for (const rule of objectsAt(next, "hostRules")) {
    const wanted = textAt(rule, "pathMatcher");
    if (!matchers.includes(wanted)) {
      refuse(
        `Invalid value for field 'resource.hostRules': path matcher '${wanted}' is not among [${matchers.join(", ")}].`,
      );
    }
  }
  const used = objectsAt(next, "hostRules").map((rule) => textAt(rule, "pathMatcher"));
  for (const matcher of objectsAt(next, "pathMatchers")) {
    const name = textAt(matcher, "name");
    if (!used.includes(name))
      refuse(
        `Invalid value for field 'resource.pathMatchers': no host rule refers to path matcher '${name}'.`,
      );
    if (!hasDefault(matcher))
      refuse(`Required field 'resource.pathMatchers.defaultService' not specified for '${name}'`);
    checkPaths(matcher, name);
  }
}

function withRedirectDefaults(part: JsonObject): JsonObject {
  const redirect = part["defaultUrlRedirect"];
  if (typeof redirect !== "object" || redirect === null || Array.isArray(redirect)) return part;
  const full = {
    redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT",
    httpsRedirect: false,
    stripQuery: false,
    ...redirect,
  };
  return { ...part, defaultUrlRedirect: full };
}

export const urlMaps: Kind = {
  collection: "compute.urlMaps",
  schema: "UrlMap",
  check,
  complete: (next) => withRedirectDefaults(next),
  actions: {
    validate: (call) => {
      const resource = call.body["resource"];
      try {
        check(typeof resource === "object" && resource !== null && !Array.isArray(resource) ? resource : {});
        return { result: { loadSucceeded: true, testPassed: true } };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { result: { loadSucceeded: false, loadErrors: [error.message] } };
      }
    },
    invalidateCache: (call) => {
      const path = textAt(call.body, "path");
      if (!isPathPattern(path)) {
        refuse(
          `Invalid value for field 'resource.path': '${path}'. It must begin with '/', have no '?' and no '#', and '*' only at its end after a '/'.`,
        );
      }
      const map = named(call);
      call.world.invalidations.push({ urlMap: map.name, host: textAt(call.body, "host"), path });
      return computeOperation(call, "invalidateCache", { name: map.name, id: textAt(map.body, "id") });
    },
  },
};
