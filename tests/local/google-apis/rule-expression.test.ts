import { expect, test } from "vitest";
import {
  checkExpression,
  judge,
  type AskedRequest,
} from "../../../local/google-apis/compute/rule-expression.ts";

const get: AskedRequest = {
  method: "GET",
  path: "/v1/photos",
  query: "limit=5",
  scheme: "https",
  headers: { "user-agent": "Curl/8", "content-length": "12" },
  ip: "203.0.113.7",
};
const upload = { ...get, method: "POST" };
const notUploads = (set: string) =>
  `!(request.method == 'POST' && request.path.matches('^(/v1/photos)$')) && evaluatePreconfiguredWaf('${set}-v33-stable', {'sensitivity': 1})`;

test.each([
  ["request.path.matches('^/v1/')", "matches"],
  ["request.path.matches('^/v2/')", "passes"],
  ["request.method == 'GET' && request.query.contains('limit')", "matches"],
  ["request.headers['user-agent'].lower().startsWith('curl')", "matches"],
  ["has(request.headers['user-agent'])", "matches"],
  ["has(request.headers['cookie']) || request.headers['cookie'].contains('x')", "passes"],
  ["int(request.headers['content-length']) > 10", "matches"],
  ["request.headers['user-agent'].size() > 100", "passes"],
  ["inIpRange(origin.ip, '203.0.113.0/24')", "matches"],
  ["inIpRange(origin.ip, '2001:db8::/32')", "passes"],
  ["origin.region_code == 'AQ'", "passes"],
  ["evaluatePreconfiguredWaf('xss-v33-stable')", "unknown"],
  ["request.method == 'GET' || evaluatePreconfiguredWaf('xss-v33-stable')", "matches"],
  ["request.method == 'PUT' && evaluatePreconfiguredExpr('xss-stable')", "passes"],
])("%s %s", (expression, verdict) => {
  expect(judge(expression, get)).toBe(verdict);
});

test("what Google's signatures would say of an upload does not matter where uploads are excluded", () => {
  expect(judge(notUploads("sqli"), upload)).toBe("passes");
  expect(judge(notUploads("sqli"), get)).toBe("unknown");
});

test("what is no expression is refused at once, and what nothing here knows when it is asked", () => {
  expect(() => checkExpression("request.path ==")).toThrow(/request\.path ==|end of input|Expected/);
  expect(() => judge("no.such == 'x'", get)).toThrow(/unresolved attribute in no\.such/);
  expect(() => judge("noSuchFunction(request.path)", get)).toThrow(/unbound function: noSuchFunction/);
});
