import { expect, test } from "vitest";
import { environments } from "../../environments/index.ts";
import { refusalsOfImage } from "../../stacks/refusals.ts";
import { photoImage } from "../../stacks/photo-image.ts";
import { PhotoPlatformStack } from "../../stacks/photo-platform-stack.ts";
import { graphOf, waitsFor } from "./graph.ts";
import { synthesise } from "./plan-json.ts";

const stack = synthesise((app) => new PhotoPlatformStack(app, "production", environments.production));
const services = ["service/web-europe-west1/service", "service/worker/service"];

interface Container {
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

interface Template {
  readonly labels: Record<string, string>;
  readonly containers: readonly Container[];
}

const templateOf = (path: string): Template => (stack.at(path).fields as { template: Template }).template;

test("every role runs the one image of these sources, named by its contents", () => {
  const job = stack.at("service/maintenance/job").fields as { template: { template: Template } };
  for (const { containers } of [...services.map(templateOf), job.template.template]) {
    expect(containers.map(({ image }) => image)).toEqual([
      `europe-west1-docker.pkg.dev/imgstream-production/imgstream/app:${photoImage.contentHash}`,
    ]);
  }
});

test("image and page are there before anything runs, and traffic opens once the version serves", () => {
  const graph = graphOf(stack);
  const address = (path: string): string => stack.at(path).address;
  for (const path of [...services, "service/maintenance/job"]) {
    for (const earlier of ["contents/image/push", "contents/assets/upload"]) {
      expect(waitsFor(graph, address(path), address(earlier))).toBe(true);
    }
  }
  expect(waitsFor(graph, address("contents/image/push"), address("contents/registry/repository"))).toBe(true);
  expect(waitsFor(graph, address("contents/assets/upload"), address("data/assets/bucket"))).toBe(true);
  for (const path of services) {
    const check = path.replace(/service$/, "serving-check");
    expect(waitsFor(graph, address(check), address(path))).toBe(true);
    expect(waitsFor(graph, address("edge/load-balancer/https"), address(check))).toBe(true);
  }
});

test("one version is in the revision's labels, the program's environment and the stack's output", () => {
  const { version } = photoImage;
  for (const path of services) {
    const { labels, containers } = templateOf(path);
    expect(labels["version"]).toBe(version);
    expect(containers[0]?.env).toContainEqual({ name: "IMGSTREAM_VERSION", value: version });
  }
  const { output } = JSON.parse(stack.json) as { output: Record<string, { value: string }> };
  expect(output["version"]?.value).toBe(version);
  expect(output["image"]?.value).toContain(photoImage.contentHash);
  // What Google Cloud takes as a label's value.
  expect(version).toMatch(/^[a-z0-9_-]{1,63}$/);
});

test("a base without a digest and a shallow clone are refused", () => {
  const { recipe } = photoImage;
  const withFacts = (digest: string | null, isShallow: boolean) =>
    refusalsOfImage({
      ...photoImage,
      recipe: { ...recipe, base: { ...recipe.base, digest }, source: { ...recipe.source, isShallow } },
    });
  expect(withFacts("sha256:1", false)).toEqual([]);
  expect(withFacts(null, true)).toEqual([
    expect.stringContaining("npm run image:pin"),
    expect.stringContaining("git fetch --unshallow"),
  ]);
});

test("files of older versions of the page stay 90 days", () => {
  const { lifecycle_rule: rules } = stack.at("data/assets/bucket").fields;
  expect(rules).toContainEqual({
    action: { type: "Delete" },
    condition: { days_since_custom_time: 90, with_state: "ANY" },
  });
});
