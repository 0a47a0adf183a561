import { afterAll, beforeAll, expect, test } from "vitest";
import type { Json } from "../../../local/google-apis/engine/json.ts";
import type { Resource } from "../../../local/google-apis/engine/state.ts";
import type { StandIn } from "../../../local/google-apis/stand-in.ts";
import { DeclaredFirewall } from "../../../local/rehearsal/firewall/declared-firewall.ts";
import type { AskedRequest } from "../../../local/google-apis/compute/rule-expression.ts";
import { type Ask, openStandIn } from "../google-apis/caller.ts";

const project = "projects/imgstream-dev";
const policies = `/compute/v1/${project}/global/securityPolicies`;
const get: AskedRequest = {
  method: "GET",
  path: "/v1/photos",
  query: "",
  scheme: "https",
  headers: {},
  ip: "127.0.0.1",
};
const everybody = { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } };
let standIn: StandIn;
let ask: Ask;
let count = 0;

beforeAll(async () => {
  ({ standIn, ask } = await openStandIn());
});

afterAll(() => standIn.close());

/** A backend behind a policy with these rules. */
async function backendBehind(rules: readonly Json[]): Promise<Resource> {
  count += 1;
  const name = `policy-${count}`;
  const made = await ask("POST", policies, { name, rules: [...rules] });
  expect(made.message).toBe("");
  return {
    api: "compute",
    collection: "compute.backendServices",
    name: `${project}/global/backendServices/web`,
    body: {
      securityPolicy: `https://www.googleapis.com/compute/v1/${project}/global/securityPolicies/${name}`,
    },
  };
}

function expression(text: string) {
  return { expr: { expression: text } };
}

test("the first rule that matches decides, in the order of their priorities", async () => {
  const backend = await backendBehind([
    { priority: 30, action: "deny(404)", match: expression("request.path.startsWith('/v1')") },
    { priority: 20, action: "allow", match: expression("request.method == 'HEAD'") },
    {
      priority: 10,
      action: "deny(403)",
      description: "Refused addresses",
      match: { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["10.0.0.0/8", "127.6.0.0/16"] } },
    },
  ]);
  const firewall = new DeclaredFirewall(standIn.world);
  expect(firewall.judge(backend, get)?.status).toBe(404);
  expect(firewall.judge(backend, { ...get, method: "HEAD" })).toBeUndefined();
  expect(firewall.judge(backend, { ...get, path: "/" })).toBeUndefined();
  expect(firewall.judge(backend, { ...get, method: "HEAD", ip: "127.6.7.8" })).toEqual({
    status: 403,
    why: `the firewall's rule 'policy-${count}: Refused addresses' refuses HEAD /v1/photos from 127.6.7.8`,
  });
});

test("a rate is counted for each address by itself, and ends with its interval", async () => {
  const backend = await backendBehind([
    {
      priority: 9000,
      action: "throttle",
      description: "Rate",
      match: everybody,
      rateLimitOptions: {
        conformAction: "allow",
        exceedAction: "deny(429)",
        enforceOnKey: "IP",
        rateLimitThreshold: { count: 3, intervalSec: 60 },
      },
    },
  ]);
  let now = 0;
  const firewall = new DeclaredFirewall(standIn.world, () => now);
  const statuses = (ip: string) =>
    [1, 2, 3, 4].map(() => firewall.judge(backend, { ...get, ip })?.status ?? 200);
  expect(statuses("127.0.0.1")).toEqual([200, 200, 200, 429]);
  expect(statuses("127.0.0.2")).toEqual([200, 200, 200, 429]);
  now = 59_999;
  expect(firewall.judge(backend, get)?.status).toBe(429);
  now = 60_000;
  expect(firewall.judge(backend, get)).toBeUndefined();
});

test("a rate without a key is counted for all as one, and one of several keys is not known here", async () => {
  const rateLimitOptions = {
    conformAction: "allow",
    exceedAction: "deny(429)",
    rateLimitThreshold: { count: 1, intervalSec: 60 },
  };
  const rule = { priority: 1, action: "throttle", match: everybody };
  const counted = await backendBehind([{ ...rule, rateLimitOptions }]);
  const several = await backendBehind([
    { ...rule, rateLimitOptions: { ...rateLimitOptions, enforceOnKeyConfigs: [{ enforceOnKeyType: "IP" }] } },
  ]);
  const firewall = new DeclaredFirewall(standIn.world);
  expect(firewall.judge(counted, get)).toBeUndefined();
  expect(firewall.judge(counted, { ...get, ip: "127.0.0.2" })?.status).toBe(429);
  expect(() => firewall.judge(several, get)).toThrow(
    /counts by enforceOnKeyConfigs \[\{"enforceOnKeyType":"IP"\}\], which is not known here/,
  );
});

test("what only Google can judge goes on to the next rule and is counted; preview refuses nobody", async () => {
  const sqli = "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})";
  const backend = await backendBehind([
    {
      priority: 1000,
      action: "deny(403)",
      description: "OWASP: sqli",
      match: expression(`!(request.method == 'POST' && request.path.matches('^(/v1/photos)$')) && ${sqli}`),
    },
    {
      priority: 2000,
      action: "deny(403)",
      preview: true,
      description: "Soon",
      match: expression("request.path == '/v1/photos'"),
    },
    { priority: 3000, action: "deny(403)", match: expression("request.path == '/forbidden'") },
  ]);
  const firewall = new DeclaredFirewall(standIn.world);
  expect(firewall.judge(backend, get)).toBeUndefined();
  expect(firewall.judge(backend, { ...get, method: "POST" })).toBeUndefined();
  expect(firewall.judge(backend, { ...get, path: "/forbidden" })?.status).toBe(403);
  expect(Object.fromEntries(firewall.leftToGoogle)).toEqual({ [`policy-${count}: OWASP: sqli`]: 2 });
  expect(Object.fromEntries(firewall.previewed)).toEqual({ [`policy-${count}: Soon`]: 2 });
});

test("what is not known here is said, and a backend without a policy lets everybody through", async () => {
  const banned = await backendBehind([{ priority: 1, action: "rate_based_ban", match: everybody }]);
  const firewall = new DeclaredFirewall(standIn.world);
  expect(() => firewall.judge(banned, get)).toThrow(/does 'rate_based_ban', which is not known here/);
  expect(firewall.judge({ ...banned, body: {} }, get)).toBeUndefined();
});

test("an expression that is none is refused when it is declared", async () => {
  const rule = { priority: 1, action: "deny(403)", match: expression("request.path ==") };
  const { status, message } = await ask("POST", policies, { name: "none", rules: [rule] });
  expect(status).toBe(400);
  expect(message).toContain("expr.expression");
});
