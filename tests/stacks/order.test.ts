import { describe, expect, test } from "vitest";
import { environments } from "../../environments/index.ts";
import { BootstrapStack } from "../../stacks/bootstrap-stack.ts";
import { PhotoPlatformStack } from "../../stacks/photo-platform-stack.ts";
import { findCycle, graphOf, waitsFor } from "./graph.ts";
import { synthesise } from "./plan-json.ts";

const platform = synthesise((app) => new PhotoPlatformStack(app, "production", environments.production));
const bootstrap = synthesise(
  (app) => new BootstrapStack(app, "bootstrap-production", environments.production),
);
const web = "service/web-europe-west1/service";

/** What a resource names in `depends_on`. */
const explicit = (path: string): readonly unknown[] => {
  const { depends_on: dependsOn } = platform.at(path).fields;
  return Array.isArray(dependsOn) ? dependsOn : [];
};

describe("what must be explicit is", () => {
  test.each([
    // Else: Permission denied on secret … for Revision service account.
    [web, "data/identity-key/read-web"],
    ["service/worker/service", "data/identity-key/read-worker"],
    ["service/maintenance/job", "data/identity-key/read-maintenance"],
    [web, "data/identity-key/make-version"],
    [web, "data/media/read-write-web"],
    // Else: the fill account does not exist.
    ["data/media/read-cdnFill-agent", "edge/signing-key"],
    ["edge/signing-key", "data/media-key/make-version"],
    ["edge/signing-key", "edge/originals/backend"],
    ["edge/signing-key", "edge/derivatives/backend"],
    ["events/uploaded", "events/uploads/publish-storage-agent"],
    ["events/push-uploads/subscription", "events/push-tokens"],
    ["events/push-uploads/subscription", "service/worker/invoke-events"],
    ["events/push-uploads/subscription", "events/dead/letters/publish-pubsub-agent"],
    ["events/warehouse/subscription", "events/warehouse/write"],
    // Traffic opens last.
    ["edge/load-balancer/https", web],
    ["edge/load-balancer/https", "service/web-europe-west1/invoke-iap-agent"],
    ["edge/load-balancer/https", "edge/web/access-group-photos-example-com"],
    ["edge/load-balancer/https", "edge/signing-key"],
  ])("%s waits for %s", (later, earlier) => {
    expect(explicit(later)).toContain(platform.at(earlier).address);
  });
});

describe.each([
  ["production", platform],
  ["bootstrap-production", bootstrap],
])("%s", (_name, stack) => {
  test("has no cycle", () => {
    expect(findCycle(graphOf(stack))).toBeUndefined();
  });

  test("makes nothing before the gate has let it pass", () => {
    const graph = graphOf(stack);
    const gate = stack.at("gate").address;
    const unguarded = stack.resources.filter(
      ({ address }) => address !== gate && !waitsFor(graph, address, gate),
    );
    expect(unguarded).toEqual([]);
  });
});

test("bootstrap makes nothing before the APIs are on", () => {
  const graph = graphOf(bootstrap);
  const apis = bootstrap.ofType("google_project_service").map(({ address }) => address);
  const others = bootstrap.resources.filter(
    ({ address }) => !apis.includes(address) && address !== "terraform_data.gate",
  );
  const early = others.filter(({ address }) => !apis.every((api) => waitsFor(graph, address, api)));
  expect(early).toEqual([]);
});

test("where services are protected, the first roll-out of each is watched beside it", () => {
  const dev = synthesise((app) => new PhotoPlatformStack(app, "dev", environments.dev));
  const watched = (stack: typeof dev) =>
    stack.ofType("terraform_data").flatMap(({ path }) => (path.endsWith("/first-roll-out") ? [path] : []));
  expect(watched(dev)).toEqual([]);
  expect(watched(platform)).toEqual([
    "service/web-europe-west1/first-roll-out",
    "service/worker/first-roll-out",
  ]);
  const graph = graphOf(platform);
  const ofService = graph.get(platform.at(web).address);
  const ofWatch = graph.get(platform.at("service/web-europe-west1/first-roll-out").address);
  expect([...(ofService ?? [])].filter((address) => ofWatch?.has(address) !== true)).toEqual([]);
});

test("a graph with a cycle is found out", () => {
  const graph = new Map([
    ["a", new Set(["b"])],
    ["b", new Set(["c"])],
    ["c", new Set(["b"])],
  ]);
  expect(findCycle(graph)).toEqual(["b", "c", "b"]);
});
