import { expect, test } from "vitest";
import { BucketFirewall } from "../../../constructs/edge/bucket-firewall.ts";
import { IdentityAwareBackend } from "../../../constructs/edge/identity-aware-backend.ts";
import { ManagedCertificate } from "../../../constructs/edge/managed-certificate.ts";
import { ProgrammaticClients } from "../../../constructs/edge/programmatic-clients.ts";
import { WebFirewall } from "../../../constructs/edge/web-firewall.ts";
import { inStack } from "../in-stack.ts";

const certificate = (domains: string[]) =>
  inStack((stack) => new ManagedCertificate(stack, "c", { name: "photos", domains })).at("c").fields;

test("another domain is another certificate, made before the old one goes; their order does not matter", () => {
  const one = certificate(["a.example.com", "b.example.com"]);
  expect(one["name"]).toMatch(/^photos-[0-9a-f]{8}$/);
  expect(one["lifecycle"]).toEqual({ create_before_destroy: true });
  expect(certificate(["b.example.com", "a.example.com"])["name"]).toBe(one["name"]);
  expect(certificate(["a.example.com"])["name"]).not.toBe(one["name"]);
});

test("a certificate needs a domain", () => {
  expect(() => certificate([])).toThrow("'domains' must be 1 to 100 host names, got 0");
});

test("a path that would end the firewall's expression is refused", () => {
  expect(() => inStack((stack) => new WebFirewall(stack, "w", { name: "w", uploadPaths: ["/a'b"] }))).toThrow(
    "'uploadPaths' must be plain paths such as /v1/photos, got '/a'b'",
  );
});

test("refused ranges come first, ten to a rule, and the rest is allowed last", () => {
  const deniedRanges = Array.from({ length: 11 }, (_, index) => `10.0.${index}.0/24`);
  const { fields } = inStack(
    (stack) => new BucketFirewall(stack, "b", { name: "b", deniedRanges, deniedCountries: ["ZZ"] }),
  ).at("b/policy");
  const rules = fields["rule"] as {
    priority: number;
    action: string;
    match: { config?: { src_ip_ranges: string[] } };
  }[];
  expect(rules.map(({ action }) => action)).toEqual(["deny(403)", "deny(403)", "deny(403)", "allow"]);
  expect(rules.map(({ match }) => match.config?.src_ip_ranges.length)).toEqual([10, 1, undefined, 1]);
  expect(rules.at(-1)?.priority).toBe(2_147_483_647);
  expect(fields["type"]).toBe("CLOUD_ARMOR_EDGE");
});

test("a country is two capitals", () => {
  expect(() =>
    inStack((stack) => new BucketFirewall(stack, "b", { name: "b", deniedCountries: ["zz"] })),
  ).toThrow("A country must be two capitals, got 'zz'");
});

test("attack rules refuse once their preview is over", () => {
  const { fields } = inStack((stack) => new WebFirewall(stack, "w", { name: "w", preview: false })).at(
    "w/policy",
  );
  const rules = fields["rule"] as { action: string; preview?: boolean }[];
  expect(rules.filter(({ action, preview }) => action === "deny(403)" && preview === false)).toHaveLength(8);
});

test("settings of the proxy without a client are refused", () => {
  expect(() =>
    inStack((stack) => {
      const props = { name: "w", projectNumber: "1", serviceName: "web", regions: ["europe-west1"] };
      new ProgrammaticClients(stack, "p", {
        projectNumber: "1",
        backend: new IdentityAwareBackend(stack, "w", props),
        clients: [],
      });
    }),
  ).toThrow("'clients' must name at least one OAuth client: without any, leave the construct out");
});
