import { expect, test } from "vitest";
import { readRequestLimits } from "../../app/http/rate-limit/request-limits.ts";
import type { Environment } from "../../environments/environment.ts";
import { environments } from "../../environments/index.ts";
import { PhotoPlatformStack } from "../../stacks/photo-platform-stack.ts";
import { findCycle, graphOf } from "./graph.ts";
import { synthesise } from "./plan-json.ts";

const synthesiseFacts = (facts: Environment) =>
  synthesise((app) => new PhotoPlatformStack(app, facts.name, facts));

test("several regions each have the service, behind one load balancer", () => {
  const stack = synthesiseFacts({ ...environments.production, regions: ["europe-west1", "europe-north1"] });
  const services = stack
    .ofType("google_cloud_run_v2_service")
    .map(({ fields }) => `${String(fields["name"])} ${String(fields["location"])}`);
  expect(services.toSorted()).toEqual([
    "imgstream-web europe-north1",
    "imgstream-web europe-west1",
    "imgstream-worker europe-west1",
  ]);
  const backend = stack.at("edge/web/service").fields as { backend: { group: string }[] };
  expect(backend.backend.map(({ group }) => group)).toEqual([
    `\${${stack.at("edge/web/group-europe-west1").address}.id}`,
    `\${${stack.at("edge/web/group-europe-north1").address}.id}`,
  ]);
  // Google takes it on no backend that has the proxy.
  expect(stack.at("edge/web/service").fields).toMatchObject({ iap: { enabled: true } });
  expect(stack.at("edge/web/service").fields).not.toHaveProperty("outlier_detection");
  const subnetworks = stack
    .ofType("google_compute_subnetwork")
    .map(({ fields }) => `${String(fields["region"])} ${String(fields["ip_cidr_range"])}`);
  expect(subnetworks.toSorted()).toEqual(["europe-north1 10.10.16.0/20", "europe-west1 10.10.0.0/20"]);
  expect(stack.ofType("google_cloud_run_v2_service_iam_member")).toHaveLength(3);
  expect(findCycle(graphOf(stack))).toBeUndefined();
  // Redis is in the first region; from another each request would cross a continent to be counted.
  const told = stack.resources.filter(({ fields }) => JSON.stringify(fields).includes('"REDIS_URL"'));
  expect(told.map(({ path }) => path)).toEqual(["service/web-europe-west1/service"]);
});

test("limits per person reach the web role as the facts say, in whatever order; without any the app has its own", () => {
  const given = { uploads: { burst: 50, perSecond: 5 }, reads: { burst: 900, perSecond: 90 } };
  const stack = synthesiseFacts({ ...environments.dev, limitsPerPerson: given });
  const told = stack.resources.filter(({ fields }) => JSON.stringify(fields).includes('"REQUEST_LIMITS"'));
  expect(told.map(({ path }) => path)).toEqual(["service/web-europe-west1/service"]);
  expect(JSON.stringify(told)).toContain('{"name":"REQUEST_LIMITS","value":"reads=900/90,uploads=50/5"}');
  expect(readRequestLimits("reads=900/90,uploads=50/5")).toMatchObject(given);
  expect(JSON.stringify(synthesiseFacts(environments.dev).resources)).not.toContain("REQUEST_LIMITS");
});

test("public shares have a bucket, a path and an end, only where the facts say so", () => {
  const stack = synthesiseFacts({ ...environments.dev, publicShares: true });
  expect(stack.at("data/shares/bucket").fields).toMatchObject({ public_access_prevention: "enforced" });
  const { path_matcher: matchers } = stack.at("edge/load-balancer/url-map").fields as {
    path_matcher: { path_rule: { paths: string[] }[] }[];
  };
  expect(matchers[0]?.path_rule.at(-1)?.paths).toEqual(["/shares/*"]);
  expect(stack.at("edge/shares/backend").fields["custom_response_headers"]).toContain(
    "Content-Security-Policy: sandbox",
  );
  expect(stack.at("data/shares/read-loadBalancer-agent").fields["role"]).toBe("roles/storage.objectViewer");
});

test("retiring takes every protection away", () => {
  const stack = synthesiseFacts({ ...environments.production, retire: true, deletionProtection: false });
  const kept = stack.resources.filter(({ fields }) => {
    const lifecycle = fields["lifecycle"] as { prevent_destroy?: boolean } | undefined;
    return lifecycle?.prevent_destroy === true || fields["deletion_protection"] === true;
  });
  expect(kept.map(({ path }) => path)).toEqual([]);
  for (const { fields } of stack.ofType("google_storage_bucket")) expect(fields["force_destroy"]).toBe(true);
  expect(stack.ofType("google_bigquery_dataset")[0]?.fields["delete_contents_on_destroy"]).toBe(true);
});

test("an environment without programmatic clients has no settings of the proxy", () => {
  const stack = synthesiseFacts({ ...environments.dev, programmaticClients: [] });
  expect(stack.ofType("google_iap_settings")).toEqual([]);
});

test("raising a secret's version changes what makes it, and what reads it", () => {
  const before = synthesiseFacts(environments.dev);
  const after = synthesiseFacts({ ...environments.dev, secretVersions: { identityKey: 1, mediaKey: 2 } });
  const changed = after.resources.filter(
    ({ path, fields }) => JSON.stringify(fields) !== JSON.stringify(before.at(path).fields),
  );
  expect(changed.map(({ path }) => path).toSorted()).toEqual([
    "data/media-key/make-version",
    "edge/signing-key",
    "service/web-europe-west1/service",
    "service/web-europe-west1/serving-check",
  ]);
});

test("the examples are refused with the file and line to edit", () => {
  const gate = synthesiseFacts(environments.dev).at("gate").fields as { triggers_replace: string[] };
  expect(gate.triggers_replace[0]).toMatch(
    /^environments\/dev\.ts:\d+: project\.id is the example 'imgstream-dev': write your project's id$/,
  );
  expect(gate.triggers_replace.filter((refusal) => refusal.startsWith("environments/dev.ts:"))).toHaveLength(
    9,
  );
});
