import { expect, test } from "vitest";
import { apiShape } from "../../../local/google-apis/discovery/shape.ts";
import type { JsonObject } from "../../../local/google-apis/engine/json.ts";
import { messageBody } from "../../../local/rehearsal/declared-only/message-body.ts";
import { referredTo, resolved, waitedFor } from "../../../local/rehearsal/declared-only/references.ts";

test("a block of Terraform's becomes what the API calls it", () => {
  const shape = apiShape("compute.v1");
  const block = {
    ip_address: "a",
    ip_protocol: "TCP",
    port_range: "443",
    depends_on: ["x.y"],
    description: "",
  };
  expect(messageBody(shape, "ForwardingRule", block, "rule")).toEqual({
    IPAddress: "a",
    IPProtocol: "TCP",
    portRange: "443",
  });
  const map = { path_matcher: [{ name: "paths", path_rule: { paths: ["/a"], service: "b" } }] };
  expect(messageBody(shape, "UrlMap", map, "map")).toEqual({
    pathMatchers: [{ name: "paths", pathRules: [{ paths: ["/a"], service: "b" }] }],
  });
});

test("what is Terraform's own in a resource is a field like any other further inside", () => {
  const rate_limit_threshold = { count: 3000, interval_sec: 60 };
  const block = { count: 2, rule: { rate_limit_options: { rate_limit_threshold } } };
  expect(messageBody(apiShape("compute.v1"), "SecurityPolicy", block, "policy")).toEqual({
    rules: [{ rateLimitOptions: { rateLimitThreshold: { count: 3000, intervalSec: 60 } } }],
  });
});

test("a single block stands for a list of one, and for a message where it is in a list", () => {
  const shape = apiShape("run.v2");
  const container = { image: "a", ports: { container_port: 8080 }, env: { name: "A", value: "b" } };
  expect(
    messageBody(shape, "GoogleCloudRunV2Service", { template: [{ containers: container }] }, "web"),
  ).toEqual({
    template: {
      containers: [{ image: "a", ports: [{ containerPort: 8080 }], env: [{ name: "A", value: "b" }] }],
    },
  });
});

test("wide numbers are texts, and an argument that the API does not know is refused by its place", () => {
  const bucket = { retention_policy: { retention_period: 10, until: 1 } };
  const shape = apiShape("storage.v1");
  expect(() => messageBody(shape, "Bucket", bucket, "logs")).toThrow(
    "logs.retention_policy.until is no field that storage v1 knows",
  );
  expect(messageBody(shape, "Bucket", { retention_policy: { retention_period: 10 } }, "logs")).toEqual({
    retentionPolicy: { retentionPeriod: "10" },
  });
});

function known(address: string): JsonObject | undefined {
  return address === "google_proxy.one-a" ? { id: "7" } : undefined;
}

test("references are followed, and what cannot be followed is refused", () => {
  const block = {
    name: "rule",
    target: "https://${google_proxy.one-a.id}/x",
    depends_on: ["google_member.b"],
  };
  const resource = { address: "google_rule.r", type: "google_rule", block };
  expect(referredTo(resource)).toEqual(["google_proxy.one-a"]);
  expect(waitedFor(resource)).toEqual(["google_member.b"]);
  expect(resolved(resource, known)["target"]).toBe("https://7/x");
  expect(() => resolved(resource, () => ({}))).toThrow(
    "needs 'id' of google_proxy.one-a, which is not known",
  );
  const counted = { ...resource, block: { name: '${join("-", ["a"])}' } };
  expect(() => resolved(counted, known)).toThrow("only plain references can be followed without Terraform");
});

test("an attribute of each of a list is joined, as Terraform does it", () => {
  const block = { value: '${join("\\n", google_redis.one-a.certs.*.cert)}' };
  const resource = { address: "google_service.s", type: "google_service", block };
  expect(referredTo(resource)).toEqual(["google_redis.one-a"]);
  const certs = [{ cert: "first" }, { cert: "second" }];
  expect(resolved(resource, () => ({ certs }))).toEqual({ value: "first\nsecond" });
  expect(resolved(resource, () => ({ certs: [] }))).toEqual({ value: "" });
});
