import { expect, test } from "vitest";
import { DamagedLogError } from "../../app/catalog/protocol/log.ts";
import { PhotoNotFoundError } from "../../app/catalog/person/errors.ts";
import type { LogMetricProps } from "../../constructs/log-metric.ts";
import { logMetricsOf } from "../../monitoring/log-metrics.ts";
import { openRateLimit } from "../../app/http/rate-limit/open-rate-limit.ts";
import { defaultRequestLimits } from "../../app/http/rate-limit/request-limits.ts";
import { createTestServer } from "../app/test-server.ts";
import { watched } from "./watched.ts";

type Line = Readonly<Record<string, unknown>>;

const { requests, errors, redisAway } = logMetricsOf(watched);

/** What the app's own server logs for one request to a route that behaves so. */
async function logged(path: string, behave: () => Promise<unknown>): Promise<readonly Line[]> {
  const { server, lines, headersOf } = await createTestServer();
  server.get("/v1/tried", behave);
  await server.inject({ url: path, headers: await headersOf() });
  await server.close();
  return lines;
}

/** The value that `EXTRACT(jsonPayload.a.b)` finds: Cloud Logging keeps what it does not know itself in jsonPayload. */
function extract(line: Line, field: string): unknown {
  let found: unknown = { jsonPayload: line };
  for (const name of field.split(".")) found = (found as Line | undefined)?.[name];
  return found;
}

const extracted = (line: Line, { labels = {} }: LogMetricProps) =>
  Object.fromEntries(Object.entries(labels).map(([label, field]) => [label, extract(line, field)]));

/** The lines that the metric of errors counts: those that carry an error, at its severity. */
const counted = (lines: readonly Line[]) =>
  lines.filter((line) => line["severity"] === "ERROR" && extract(line, "jsonPayload.err.type") !== undefined);

test("the time of a request and its labels stand in the app's line where the metric looks for them", async () => {
  const lines = await logged("/v1/tried", async () => ({ well: true }));
  expect(lines.map((line) => extract(line, requests.value?.field ?? ""))).toEqual([expect.any(Number)]);
  expect(lines.map((line) => extracted(line, requests))).toEqual([
    { method: "GET", route: "/v1/tried", status: 200 },
  ]);
});

test("an error is counted once, with the code and role where the metric looks for them", async () => {
  const lines = await logged("/v1/tried", async () => {
    throw new DamagedLogError("ada", 7, "catalog/ada/log/000000000007.json");
  });
  expect(counted(lines).map((line) => extracted(line, errors))).toEqual([
    { role: "web", code: "damaged-log", kind: "DamagedLogError" },
  ]);
  expect(errors.filter).toContain("severity>=ERROR AND jsonPayload.err.type:*");
});

test("what a person did wrong is not counted", async () => {
  const lines = await logged("/v1/tried", async () => {
    throw new PhotoNotFoundError("0193");
  });
  expect(lines.at(-1)).toMatchObject({ status: 404 });
  expect(counted(lines)).toEqual([]);
});

test("that Redis does not answer stands in the app's line where the metric looks for it", async () => {
  const { server, lines } = await createTestServer();
  const limit = openRateLimit({
    requestLimits: defaultRequestLimits,
    // Nobody listens there.
    redis: { host: "127.0.0.1", port: 1, password: undefined, certificates: undefined },
    log: () => server.log,
  });
  await limit.share();
  await expect.poll(() => lines.length).toBe(1);
  limit.close();
  await server.close();
  expect(redisAway?.filter).toMatch(/ AND jsonPayload\.redis="away"$/);
  expect(lines.map((line) => extract(line, "jsonPayload.redis"))).toEqual(["away"]);
  expect(lines.map((line) => extracted(line, redisAway ?? errors))).toEqual([
    { code: "ECONNREFUSED", kind: "Error" },
  ]);
});

test("the metrics look at the services and the job that are watched, and at no other", () => {
  expect(requests.filter).toContain('resource.labels.service_name=("the-web")');
  expect(errors.filter).toContain('resource.labels.service_name=("the-web" OR "the-worker")');
  expect(errors.filter).toContain('resource.labels.job_name="the-maintenance"');
});
