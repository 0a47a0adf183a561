import { expect, test } from "vitest";
import { CloudRunService } from "../../constructs/cloud-run-service.ts";
import type { CloudRunServiceProps } from "../../constructs/cloud-run-service.ts";
import { existingServiceAccount } from "../../constructs/principal.ts";
import { Secret } from "../../constructs/secret.ts";
import { inStack } from "./in-stack.ts";

const account = existingServiceAccount("web", "photos-web", "acme");
const props: CloudRunServiceProps = {
  name: "web",
  region: "europe-west1",
  image: { uri: "europe-west1-docker.pkg.dev/acme/photos/app:3f9c" },
  account,
  cpu: 1,
  memory: "512Mi",
  minInstances: 0,
  maxInstances: 5,
  environment: {},
  startupPath: "/ready",
  livenessPath: "/live",
};

test("what is left out keeps the internet out and the service protected", () => {
  const { fields } = inStack((stack) => new CloudRunService(stack, "s", props)).at("s/service");
  expect(fields).toMatchObject({
    ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
    deletion_protection: true,
    scaling: { min_instance_count: 0 },
    template: { timeout: "300s", max_instance_request_concurrency: 80 },
  });
});

test("more instances at least than at most are refused", () => {
  expect(() => inStack((stack) => new CloudRunService(stack, "s", { ...props, minInstances: 12 }))).toThrow(
    "'minInstances' must be at most 'maxInstances' (5), got 12",
  );
});

test.each(["PORT", "K_REVISION"])("%s is Cloud Run's own to set", (name) => {
  expect(() =>
    inStack((stack) => new CloudRunService(stack, "s", { ...props, environment: { [name]: "1" } })),
  ).toThrow(`'environment' must not set ${name}: Cloud Run sets it itself. Remove it`);
});

test("memory without a unit that Cloud Run gives back is refused", () => {
  expect(() => inStack((stack) => new CloudRunService(stack, "s", { ...props, memory: "512M" }))).toThrow(
    "'memory' must be a whole number with its unit (512Mi, 2Gi), got '512M'",
  );
});

test("a secret reaches the container by a pinned version, and its grant comes first", () => {
  const stack = inStack((scope) => {
    const secret = new Secret(scope, "key", { name: "key" });
    secret.grantRead(account);
    new CloudRunService(scope, "s", { ...props, environment: { B: "plain", A: secret.version(3) } });
  });
  const service = stack.at("s/service").fields as {
    depends_on: string[];
    template: { containers: { env: unknown[] }[] };
  };
  expect(service.template.containers[0]?.env).toEqual([
    {
      name: "A",
      value_source: {
        secret_key_ref: { secret: `\${${stack.at("key/secret").address}.secret_id}`, version: "3" },
      },
    },
    { name: "B", value: "plain" },
  ]);
  expect(service.depends_on).toEqual([stack.at("key/read-web").address]);
});

test.each([0, 1.5])("a secret has no version %d", (version) => {
  expect(() => inStack((stack) => new Secret(stack, "key", { name: "key" }).version(version))).toThrow(
    `A secret's version must be a whole number from 1, got ${version}`,
  );
});
