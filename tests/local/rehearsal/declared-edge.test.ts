import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CertificateAuthority } from "../../../local/cloud-run/certificate-authority.ts";
import { sealSession, sessionCookieName } from "../../../local/edge/session.ts";
import type { StandIn } from "../../../local/google-apis/stand-in.ts";
import { DeclaredEdge } from "../../../local/rehearsal/declared-edge.ts";
import { askManyTimes } from "../../../local/rehearsal/many-requests.ts";
import { Visitor, type VisitorOptions } from "../../../local/rehearsal/visitor.ts";
import { type Ask, openStandIn } from "../google-apis/caller.ts";

const project = "projects/imgstream-dev";
const path = `/compute/v1/${project}/global`;
const service = `${project}/locations/europe-west1/services/web`;
const folder = mkdtempSync(join(tmpdir(), "declared-edge-"));
const app = createServer((request, response) => {
  response.end(request.headers["x-goog-iap-jwt-assertion"] === undefined ? "nobody" : "somebody");
});
let standIn: StandIn;
let ask: Ask;
let edge: DeclaredEdge;
let atEdge: VisitorOptions;
const newVisitor = () => new Visitor(atEdge);

beforeAll(async () => {
  ({ standIn, ask } = await openStandIn());
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  const { port } = app.address() as AddressInfo;
  const authority = await CertificateAuthority.create();
  edge = await DeclaredEdge.open({
    world: standIn.world,
    containers: { originOf: () => `http://127.0.0.1:${port}` },
    authority,
    folder,
    groupsOf: (email) => (email.startsWith("anna@") ? ["group:photos@example.com"] : []),
  });
  const { httpsPort } = await edge.listen();
  atEdge = { host: "photos.example.com", port: httpsPort, trusted: authority.certificate };
  const group = { name: "web", networkEndpointType: "SERVERLESS", cloudRun: { service: "web" } };
  await ask("POST", `/compute/v1/${project}/regions/europe-west1/networkEndpointGroups`, group);
  const backends = [{ group: `${project}/regions/europe-west1/networkEndpointGroups/web` }];
  await ask("POST", `${path}/backendServices`, { name: "web", backends, iap: { enabled: true } });
  await ask("POST", `${path}/urlMaps`, {
    name: "map",
    defaultService: `${project}/global/backendServices/web`,
  });
  const managed = { domains: ["photos.example.com"] };
  await ask("POST", `${path}/sslCertificates`, { name: "edge", type: "MANAGED", managed });
  const sslCertificates = [`${project}/global/sslCertificates/edge`];
  await ask("POST", `${path}/targetHttpsProxies`, {
    name: "p",
    urlMap: `${project}/global/urlMaps/map`,
    sslCertificates,
  });
  const target = `${project}/global/targetHttpsProxies/p`;
  await ask("POST", `${path}/forwardingRules`, { name: "https", target, portRange: "443" });
});

afterAll(async () => {
  await edge.close();
  app.close();
  await standIn.close();
  rmSync(folder, { recursive: true });
});

async function signedIn(email: string): Promise<{ status: number; said: string }> {
  const visitor = newVisitor();
  await visitor.signIn(email).catch(() => undefined);
  const { status, body } = await visitor.ask("GET", "/");
  return { status, said: body.toString("utf8") };
}

test("what is missing on the way to the app is said by its name, one after the other, until people pass", async () => {
  const missing = await signedIn("anna@example.com");
  expect(missing.status).toBe(502);
  expect(missing.said).toContain(`no Cloud Run service is at ${service}`);

  const template = { containers: [{ image: "europe-west1-docker.pkg.dev/imgstream-dev/imgstream/app:1" }] };
  await ask("POST", `/run/v2/${project}/locations/europe-west1/services?serviceId=web`, { template });
  const uninvited = await signedIn("anna@example.com");
  expect(uninvited.status).toBe(403);
  expect(uninvited.said).toContain("no accessor's grant");

  const members = ["group:photos@example.com"];
  const accessors = { policy: { bindings: [{ role: "roles/iap.httpsResourceAccessor", members }] } };
  await ask("POST", `/iap/v1/${project}/iap_web/compute/services/web:setIamPolicy`, accessors);
  expect((await signedIn("anna@example.com")).said).toContain("IAP's account may not invoke");

  await ask(
    "POST",
    `/serviceusage/v1beta1/${project}/services/iap.googleapis.com:generateServiceIdentity`,
    {},
  );
  const agent = "serviceAccount:service-100000000001@gcp-sa-iap.iam.gserviceaccount.com";
  const invokers = { policy: { bindings: [{ role: "roles/run.invoker", members: [agent] }] } };
  await ask("POST", `/run/v2/${service}:setIamPolicy`, invokers);
  expect(await signedIn("anna@example.com")).toEqual({ status: 200, said: "somebody" });
  expect((await signedIn("ben@example.com")).status).toBe(403);
  expect((await newVisitor().ask("GET", "/")).status).toBe(401);

  await ask("PATCH", `/run/v2/${service}?updateMask=ingress`, { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" });
  expect((await signedIn("anna@example.com")).said).toContain("its ingress is internal");
});

test("why a page's request was refused is noted: no cookie, another's signature, expired", async () => {
  const refused = async (cookie?: string): Promise<string | undefined> => {
    const headers = { "sec-fetch-mode": "cors", ...(cookie === undefined ? {} : { cookie }) };
    expect((await newVisitor().ask("GET", "/v1/photos", { headers })).status).toBe(401);
    return edge.faults.at(-1);
  };
  const name = sessionCookieName(80);
  const begun = "the identity proxy refused GET /v1/photos: ";
  expect(await refused()).toBe(`${begun}no session's cookie came`);
  const session = { email: "anna@example.com", expires: 1_700_000_000 };
  expect(await refused(`${name}=${sealSession(session, "another")}`)).toBe(
    `${begun}its session is not signed here`,
  );
  const key = readFileSync(join(folder, "session-key"), "utf8").trim();
  expect(await refused(`${name}=${sealSession(session, key)}`)).toBe(
    `${begun}its session expired at 2023-11-14T22:13:20.000Z`,
  );
  const { length } = edge.faults;
  expect((await newVisitor().ask("GET", "/v1/photos")).status).toBe(401);
  expect(edge.faults).toHaveLength(length);
});

test("who asks more than the firewall's rate is refused before sign-in, and another address is not", async () => {
  const rateLimitOptions = {
    conformAction: "allow",
    exceedAction: "deny(429)",
    enforceOnKey: "IP",
    rateLimitThreshold: { count: 250, intervalSec: 60 },
  };
  const match = { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["127.5.0.0/16"] } };
  const rules = [{ priority: 9000, action: "throttle", match, rateLimitOptions }];
  await ask("POST", `${path}/securityPolicies`, { name: "rate", rules });
  const securityPolicy = `https://www.googleapis.com${path}/securityPolicies/rate`;
  await ask("POST", `${path}/backendServices/web/setSecurityPolicy`, { securityPolicy });
  const [hasty, other] = ["127.5.0.1", "127.5.0.2"].map((from) => ({ ...atEdge, from }));
  expect(Object.fromEntries(await askManyTimes(hasty ?? atEdge, "/", 260))).toEqual({ 401: 250, 429: 10 });
  expect(Object.fromEntries(await askManyTimes(other ?? atEdge, "/", 10))).toEqual({ 401: 10 });
});

test("who is signed in stays so while somebody else asks as much as they can", async () => {
  const anna = newVisitor();
  await anna.signIn("anna@example.com");
  const often = askManyTimes({ ...atEdge, from: "127.4.0.1" }, "/", 2_000);
  const statuses = new Set<number>();
  for (let turn = 0; turn < 40; turn += 1) statuses.add((await anna.ask("GET", "/")).status);
  expect(Object.fromEntries(await often)).toEqual({ 401: 2_000 });
  expect([...statuses]).toEqual([404]);
});
