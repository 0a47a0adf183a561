import { isObject, type Json, type JsonObject, objectAt } from "../google-apis/engine/json.ts";
import type { Rewrite } from "./declaration.ts";

/** A mistake in the stack that a rehearsal must find. */
export interface Mutation {
  /** What was done wrong, as one reads it in a review. */
  readonly mistake: string;
  readonly rewrite: Rewrite;
  /** What the failed step must say, so that nobody has to guess the cause. */
  readonly cause: RegExp;
}

/** The declaration without the resources of a type whose id fits, and without what waited for them. */
export function withoutResources(declared: JsonObject, type: string, id: RegExp): JsonObject {
  const resources = objectAt(declared, "resource");
  const all = Object.entries(objectAt(resources, type));
  const removed = all.map(([name]) => name).filter((name) => id.test(name));
  const left = Object.fromEntries(all.filter(([name]) => !removed.includes(name)));
  const addresses = new Set(removed.map((name) => `${type}.${name}`));
  const kept = { ...resources, [type]: left };
  if (Object.keys(left).length === 0) Reflect.deleteProperty(kept, type);
  return { ...declared, resource: withoutWaiting(kept, addresses) };
}

function withoutWaiting(value: JsonObject, addresses: ReadonlySet<string>): JsonObject {
  const entries = Object.entries(value).map(([key, part]): [string, Json | undefined] => {
    if (key === "depends_on" && Array.isArray(part)) {
      return [key, part.filter((address) => typeof address !== "string" || !addresses.has(address))];
    }
    return [key, isObject(part) ? withoutWaiting(part, addresses) : part];
  });
  return Object.fromEntries(entries);
}

/** By the name that `--mutation` takes. */
export const mutations: Readonly<Record<string, Mutation>> = {
  "invoker-removed": {
    mistake: "nobody may invoke the web service: the grant of the identity proxy's account is missing",
    rewrite: (declared) =>
      withoutResources(declared, "google_cloud_run_v2_service_iam_member", /invoke-iap-agent/),
    cause: /IAP's account may not invoke .*imgstream-web/,
  },
};
