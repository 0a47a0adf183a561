import { expect, test } from "vitest";
import { environments } from "../../environments/index.ts";
import { BootstrapStack } from "../../stacks/bootstrap-stack.ts";
import { PhotoPlatformStack } from "../../stacks/photo-platform-stack.ts";
import { findCycle, graphOf, waitsFor } from "./graph.ts";
import { synthesise } from "./plan-json.ts";

const platforms = Object.values(environments).map((environment) => ({
  environment,
  stack: synthesise((app) => new PhotoPlatformStack(app, environment.name, environment)),
}));

const bootstraps = Object.values(environments).map((environment) => ({
  environment,
  stack: synthesise((app) => new BootstrapStack(app, `bootstrap-${environment.name}`, environment)),
}));

test.each([...platforms, ...bootstraps])("$environment.name has no cycle", ({ stack }) => {
  expect(findCycle(graphOf(stack))).toBeUndefined();
});

// Stacks are not searched for references to others: such a one would be found undeclared only by Terraform.
test.each([...platforms, ...bootstraps])(
  "$environment.name refers to nothing of another stack",
  ({ stack }) => {
    const addresses = new Set(stack.resources.map(({ address }) => address));
    const referred = [...stack.json.matchAll(/\$\{([a-z][a-z0-9_]*\.[A-Za-z0-9_-]+)/g)].map(
      ([, one]) => one ?? "",
    );
    expect(referred.length).toBeGreaterThan(10);
    expect(referred.filter((address) => !addresses.has(address))).toEqual([]);
  },
);

test.each(platforms)("$environment.name keeps its state in its bucket", ({ environment, stack }) => {
  const { terraform } = JSON.parse(stack.json) as { terraform: { backend: unknown } };
  expect(terraform.backend).toEqual({
    gcs: { bucket: `imgstream-${environment.name}-tfstate`, prefix: environment.name },
  });
});

test.each(platforms)(
  "$environment.name tells the app its backend's audience, without a cycle",
  ({ stack, environment }) => {
    const backend = stack.at("edge/web/service");
    const service = stack.at("service/web-europe-west1/service");
    const { template } = service.fields as {
      template: { containers: { env: { name: string; value?: string }[] }[] };
    };
    const audience = template.containers[0]?.env.find(({ name }) => name === "IAP_AUDIENCE")?.value;
    expect(audience).toBe(
      `/projects/${environment.project.number}/global/backendServices/\${${backend.address}.generated_id}`,
    );
    expect(waitsFor(graphOf(stack), service.address, backend.address)).toBe(true);
    expect(stack.at("edge/web/group-europe-west1").fields["cloud_run"]).toEqual({ service: "imgstream-web" });
  },
);
