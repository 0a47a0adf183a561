import {
  isObject,
  type Json,
  type JsonObject,
  objectAt,
  objectsAt,
  textAt,
  withAt,
} from "../google-apis/engine/json.ts";
import type { RehearsalReport } from "./report.ts";
import type { Rewrite } from "./declaration.ts";

/** A mistake in the stack that a rehearsal must find. */
export interface Mutation {
  /** What was done wrong, as one reads it in a review. */
  readonly mistake: string;
  readonly rewrite: Rewrite;
  /** What the failed step must say, so that nobody has to guess the cause. */
  readonly cause: RegExp;
}

/** Whether a rehearsal failed with a message that names the cause. */
export function isFound({ cause }: Mutation, { steps }: Pick<RehearsalReport, "steps">): boolean {
  return steps.some(({ outcome, said }) => outcome === "failed" && cause.test(said));
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

/** The declaration with each resource of a type whose id fits put in the place of what `change` makes of it. */
function withChanged(
  declared: JsonObject,
  type: string,
  id: RegExp,
  change: (resource: JsonObject) => JsonObject,
): JsonObject {
  const resources = objectAt(declared, "resource");
  const all = Object.entries(objectAt(resources, type)).map(
    ([name, resource]): [string, Json | undefined] => [
      name,
      id.test(name) && isObject(resource) ? change(resource) : resource,
    ],
  );
  return all.length === 0
    ? declared
    : { ...declared, resource: { ...resources, [type]: Object.fromEntries(all) } };
}

/** The web service, or each region's, with a container that `change` made. */
function withWebContainer(declared: JsonObject, change: (container: JsonObject) => JsonObject): JsonObject {
  return withChanged(declared, "google_cloud_run_v2_service", /^service_web/, (service) => {
    const [container = {}, ...others] = objectsAt(service, "template.containers");
    return withAt(service, "template.containers", [change(container), ...others]);
  });
}

function withVariable(container: JsonObject, name: string, value: string): JsonObject {
  const env = objectsAt(container, "env").map((one) => (one["name"] === name ? { name, value } : one));
  return { ...container, env };
}

/** The address of the first resource of a type whose id fits, as others refer to it. */
function referenceTo(declared: JsonObject, type: string, id: RegExp): string {
  const name = Object.keys(objectAt(declared, `resource.${type}`)).find((one) => id.test(one));
  return `\${${type}.${name ?? ""}.id}`;
}

/** By the name that `--mutation` takes. */
export const mutations: Readonly<Record<string, Mutation>> = {
  "invoker-removed": {
    mistake: "nobody may invoke the web service: the grant of the identity proxy's account is missing",
    rewrite: (declared) =>
      withoutResources(declared, "google_cloud_run_v2_service_iam_member", /invoke-iap-agent/),
    cause: /IAP's account may not invoke .*imgstream-web/,
  },
  "other-audience": {
    mistake: "the app is told the audience of another backend",
    rewrite: (declared) =>
      withWebContainer(declared, (container) =>
        withVariable(container, "IAP_AUDIENCE", "/projects/100000000001/global/backendServices/4711"),
      ),
    cause:
      /expects assertions for '\/projects\/\d+\/global\/backendServices\/4711'.*signs them for '.*\/\d{10,}'/,
  },
  "bucket-grant-removed": {
    mistake: "the web service's account may not write photos: its grant on the media bucket is missing",
    rewrite: (declared) =>
      withoutResources(declared, "google_storage_bucket_iam_member", /^data_media_read-write-web/),
    cause: /imgstream-web@.*storage\.objects\.\w+.*-media/,
  },
  "invalidator-removed": {
    mistake: "maintenance may not empty the edge's caches: its grant is missing",
    rewrite: (declared) =>
      withoutResources(declared, "google_project_iam_member", /^accounts_invalidator_grant-maintenance/),
    cause:
      /imgstream-maintenance@.*compute\.urlMaps\.invalidateCache|compute\.urlMaps\.invalidateCache.*imgstream-maintenance@/,
  },
  "secret-version-missing": {
    mistake: "the step that makes the identity key's version is missing",
    rewrite: (declared) => withoutResources(declared, "terraform_data", /^data_identity-key_make-version/),
    cause: /imgstream-identity-key\/versions\/1 was not found/,
  },
  "wrong-probe-path": {
    mistake: "the web service's startup probe asks a path that nothing serves",
    rewrite: (declared) =>
      withWebContainer(declared, (container) =>
        withAt(container, "startup_probe.http_get.path", "/nothing-here"),
      ),
    cause: /startup probe checks: GET \/nothing-here was answered 4\d\d/,
  },
  "open-ingress": {
    mistake: "the web service takes requests from the whole internet",
    rewrite: (declared) =>
      withChanged(declared, "google_cloud_run_v2_service", /^service_web/, (service) => ({
        ...service,
        ingress: "INGRESS_TRAFFIC_ALL",
      })),
    cause: /the internet reaches .*imgstream-web.*ingress is 'all'/,
  },
  "rate-removed": {
    mistake: "the web firewall has no rule that limits how much one address may ask",
    rewrite: (declared) =>
      withChanged(declared, "google_compute_security_policy", /^edge_web-firewall/, (policy) => ({
        ...policy,
        rule: objectsAt(policy, "rule").filter(({ action }) => action !== "throttle"),
      })),
    cause: /no rule of the firewall \S+imgstream-web limits how much one address may ask/,
  },
  "group-elsewhere": {
    mistake: "the endpoint group stands in a region that the web service is not in",
    rewrite: (declared) =>
      withChanged(declared, "google_compute_region_network_endpoint_group", /^edge_web_group/, (group) => ({
        ...group,
        region: "us-east4",
      })),
    cause: /no Cloud Run service is at .*us-east4\/services\/imgstream-web/,
  },
  "api-to-bucket": {
    mistake: "the URL map sends /v1 to the bucket of the page's files",
    rewrite: (declared) =>
      withChanged(declared, "google_compute_url_map", /^edge_load-balancer_url-map/, (map) => ({
        ...map,
        path_matcher: objectsAt(map, "path_matcher").map((matcher) => ({
          ...matcher,
          path_rule: [
            ...objectsAt(matcher, "path_rule"),
            {
              paths: ["/v1/*"],
              service: referenceTo(declared, "google_compute_backend_bucket", /^edge_assets/),
            },
          ],
        })),
      })),
    cause: /the URL map sends \/v1\/\S+ to the bucket backend '\S*imgstream-assets'/,
  },
  "image-never-pushed": {
    mistake: "the web service names an image that nobody pushed",
    rewrite: (declared) =>
      withWebContainer(declared, (container) => ({
        ...container,
        image: textAt(container, "image").replace(/:[^:/]+$/, ":never-pushed"),
      })),
    cause: /Image '\S+:never-pushed' not found/,
  },
};
