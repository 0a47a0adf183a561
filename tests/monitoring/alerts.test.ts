import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { alertsOf } from "../../monitoring/alerts.ts";
import { damageCodes } from "../../monitoring/alerts/catalog.ts";
import { dashboardOf } from "../../monitoring/dashboard.ts";
import { logMetricsOf } from "../../monitoring/log-metrics.ts";
import { objectivesOf } from "../../monitoring/objectives.ts";
import type { Watched } from "../../monitoring/watched.ts";
import { instruments, watched } from "./watched.ts";

const root = join(import.meta.dirname, "../..");

const everything = (from: Watched) =>
  JSON.stringify([
    alertsOf(from, instruments),
    objectivesOf(from),
    logMetricsOf(from),
    dashboardOf(from, instruments),
  ]);

test.each([
  ["the web service", "the-web", { ...watched, web: { ...watched.web, name: "renamed" } }],
  ["the worker", "the-worker", { ...watched, worker: { ...watched.worker, name: "renamed" } }],
  ["the job", "the-maintenance", { ...watched, maintenance: { name: "renamed" } }],
  ["the load balancer", "the-url-map", { ...watched, loadBalancer: { name: "renamed" } }],
  ["the backend", "the-backend", { ...watched, backend: { name: "renamed" } }],
  [
    "the media bucket",
    "the-media",
    { ...watched, buckets: { ...watched.buckets, media: { name: "renamed" } } },
  ],
  [
    "the records bucket",
    "the-records",
    { ...watched, buckets: { ...watched.buckets, records: { name: "renamed" } } },
  ],
  [
    "the uploads bucket",
    "the-uploads",
    { ...watched, buckets: { ...watched.buckets, uploads: { name: "renamed" } } },
  ],
  [
    "the records' copy",
    "the-copy",
    { ...watched, buckets: { ...watched.buckets, recordsCopy: { name: "renamed" } } },
  ],
  ["the dead letters", "the-dead", { ...watched, deadLetter: { subscriptionName: "renamed" } }],
  ["Redis", "the-cache", { ...watched, redis: { name: "renamed" } }],
  ["the host", "photos.example.com", { ...watched, host: "renamed" }],
])("renaming %s renames it everywhere", (_what, name, renamed) => {
  expect(everything(watched)).toContain(name);
  expect(everything(renamed)).not.toContain(name);
  expect(everything(renamed)).toBe(everything(watched).replaceAll(name, "renamed"));
});

test("no file of monitoring/ spells the name of a resource", () => {
  const spelled = globSync("monitoring/**/*.ts", { cwd: root }).filter((file) =>
    /["'`]imgstream-/.test(readFileSync(join(root, file), "utf8")),
  );
  expect(spelled).toEqual([]);
});

test("alerts have ids and titles of their own", () => {
  const alerts = alertsOf(watched, instruments);
  for (const field of ["id", "title"] as const) {
    expect(new Set(alerts.map((alert) => alert[field])).size).toBe(alerts.length);
  }
});

test("without Redis and without a copy of the records nothing asks about them", () => {
  const { redis: _none, ...rest } = watched;
  const { recordsCopy: _neither, ...buckets } = watched.buckets;
  const text = everything({ ...rest, buckets });
  expect(text).not.toContain("redis");
  expect(text).not.toContain("the-copy");
});

test("each objective burns at three paces, each seen in a long and a short window, both of which must burn", () => {
  const burning = alertsOf(watched, instruments).filter(({ id }) => id.includes("-burn-"));
  const windows = burning.map(({ id, combine, urgency, conditions }) => [
    id,
    combine,
    urgency,
    ...conditions.map((one) =>
      one.kind === "burn-rate" ? `${one.rate} over ${one.lookbackMinutes}` : one.kind,
    ),
  ]);
  expect(windows).toEqual(
    ["availability", "latency"].flatMap((name) => [
      [`${name}-burn-fast`, "all", "page", "14.4 over 60", "14.4 over 5"],
      [`${name}-burn-steady`, "all", "page", "6 over 360", "6 over 30"],
      [`${name}-burn-slow`, "all", "ticket", "2 over 1440", "2 over 120"],
    ]),
  );
});

test("latency leaves out the live stream: at the edge by its path, in the log by its route, and uploads there too", () => {
  const { latency } = objectivesOf(watched);
  expect(JSON.stringify(latency)).toContain('matched_url_path_rule!=\\"/v1/events\\"');
  expect(JSON.stringify(latency)).not.toContain("/v1/photos");
  const { filter } = logMetricsOf(watched).requests;
  expect(filter).toContain('NOT (jsonPayload.method="GET" AND jsonPayload.route="/v1/events")');
  expect(filter).toContain('NOT (jsonPayload.method="POST" AND jsonPayload.route="/v1/photos")');
});

test("an availability objective of 99.9 % counts only errors of ours as bad", () => {
  const { goal, indicator } = objectivesOf(watched).availability;
  expect(goal).toBe(0.999);
  if (indicator.kind !== "share") throw new Error("not a share");
  expect(indicator.bad).toBe(`${indicator.all} AND metric.labels.response_code_class="5xx"`);
});

test.each(damageCodes)("the app has an error with the code %s", (code) => {
  const sources = globSync("app/**/*.ts", { cwd: root, exclude: (name) => name === "node_modules" });
  const having = sources.filter((file) =>
    readFileSync(join(root, file), "utf8").includes(`code = "${code}"`),
  );
  expect(having).toHaveLength(1);
});
