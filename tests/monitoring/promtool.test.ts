import { describe, expect, test } from "vitest";
import { needsPromtool, prometheusRules, promtool, skipsPromtool } from "./promtool.ts";

/** Series of one minute each, in Prometheus's short notation: `0+5x60` counts up by five for an hour. */
type InputSeries = Readonly<Record<string, string>>;

const web = 'run_googleapis_com:request_count{monitored_resource="cloud_run_revision",service_name="the-web"';
const refused =
  'loadbalancing_googleapis_com:https_request_count{monitored_resource="https_lb_rule",url_map_name="the-url-map",response_code="403"}';
const bucket = (le: string, method: string) =>
  `logging_googleapis_com:user_the_requests_bucket{monitored_resource="cloud_run_revision",method="${method}",le="${le}"}`;
const count = (method: string) =>
  `logging_googleapis_com:user_the_requests_count{monitored_resource="cloud_run_revision",method="${method}"}`;
const instances = (revision: string) =>
  `run_googleapis_com:container_instance_count{monitored_resource="cloud_run_revision",service_name="the-web",location="europe-west1",revision_name="${revision}"}`;
const calls = (method: string, code: string) =>
  `storage_googleapis_com:api_request_count{monitored_resource="gcs_bucket",bucket_name="the-records",method="${method}",response_code="${code}"}`;
const job = (result: string) =>
  `run_googleapis_com:job_completed_execution_count{monitored_resource="cloud_run_job",job_name="the-maintenance",result="${result}"}`;

const day = 24 * 60;

/** Prometheus's epoch is a Thursday: minutes of it are minutes of a working day, and of Friday after it. */
const faults: readonly { name: string; rule: string; fires: boolean; at: number; series: InputSeries }[] = [
  {
    name: "one request in ten fails",
    rule: "web-errors/1",
    fires: true,
    at: 30,
    series: {
      [`${web},response_code_class="2xx"}`]: "0+90x60",
      [`${web},response_code_class="5xx"}`]: "0+10x60",
    },
  },
  {
    name: "one request in a hundred fails",
    rule: "web-errors/1",
    fires: false,
    at: 30,
    series: {
      [`${web},response_code_class="2xx"}`]: "0+99x60",
      [`${web},response_code_class="5xx"}`]: "0+1x60",
    },
  },
  {
    name: "every request fails, but there is one in two minutes",
    rule: "web-errors/1",
    fires: false,
    at: 30,
    series: { [`${web},response_code_class="5xx"}`]: "0+0.5x60" },
  },
  {
    name: "many requests a second failing are no error rate by themselves",
    rule: "web-errors/1",
    fires: false,
    at: 30,
    series: {
      [`${web},response_code_class="2xx"}`]: "0+60000x60",
      [`${web},response_code_class="5xx"}`]: "0+600x60",
    },
  },
  {
    name: "reading is fast and changing is slow",
    rule: "web-latency/1",
    fires: true,
    at: 40,
    series: {
      [bucket("1000", "GET")]: "0+100x60",
      [bucket("+Inf", "GET")]: "0+100x60",
      [count("GET")]: "0+100x60",
      [bucket("1000", "PATCH")]: "0+5x60",
      [bucket("3000", "PATCH")]: "0+10x60",
      [bucket("+Inf", "PATCH")]: "0+10x60",
      [count("PATCH")]: "0+10x60",
    },
  },
  {
    name: "three slow requests in five minutes",
    rule: "web-latency/1",
    fires: false,
    at: 40,
    series: {
      [bucket("1000", "PATCH")]: "0+0x60",
      [bucket("3000", "PATCH")]: "0+0.6x60",
      [bucket("+Inf", "PATCH")]: "0+0.6x60",
      [count("PATCH")]: "0+0.6x60",
    },
  },
  {
    name: "two revisions share almost all instances",
    rule: "near-limit/1",
    fires: true,
    at: 40,
    series: { [instances("old")]: "4x60", [instances("new")]: "5x60" },
  },
  {
    name: "instances are at half the limit",
    rule: "near-limit/1",
    fires: false,
    at: 40,
    series: { [instances("old")]: "3x60", [instances("new")]: "2x60" },
  },
  {
    name: "nobody comes on a Friday morning, and yesterday many did",
    rule: "silence/1",
    fires: true,
    at: day + 600,
    series: { [`${web},response_code_class="2xx"}`]: `0+10x${day + 500} ${10 * (day + 500)}x200` },
  },
  {
    name: "the counter itself is gone on a Friday morning",
    rule: "silence/1",
    fires: true,
    at: day + 600,
    series: { [`${web},response_code_class="2xx"}`]: `0+10x${day + 500} stale` },
  },
  {
    name: "nobody comes on a Friday night, as yesterday",
    rule: "silence/1",
    fires: false,
    at: day + 200,
    series: { [`${web},response_code_class="2xx"}`]: "0x2000" },
  },
  {
    name: "nobody comes on a Saturday, and on Friday many did",
    rule: "silence/1",
    fires: false,
    at: 2 * day + 600,
    series: { [`${web},response_code_class="2xx"}`]: `0+10x${2 * day} ${20 * day}x700` },
  },
  {
    name: "refusals where there were none",
    rule: "denied/1",
    fires: true,
    at: day + 300,
    series: { [refused]: `0x${day + 240} 0+2x120` },
  },
  {
    name: "as many refusals as every day",
    rule: "denied/1",
    fires: false,
    at: day + 300,
    series: { [refused]: `0+2x${2 * day}` },
  },
  {
    name: "the catalog's own reads of what is not there yet",
    rule: "storage-errors/1",
    fires: false,
    at: 40,
    series: {
      [calls("ReadObject", "NOT_FOUND")]: "0+20x60",
      [calls("WriteObject", "FAILED_PRECONDITION")]: "0+5x60",
      [calls("WriteObject", "OK")]: "0+20x60",
    },
  },
  {
    name: "one call in five is refused",
    rule: "storage-errors/1",
    fires: true,
    at: 40,
    series: {
      [calls("WriteObject", "PERMISSION_DENIED")]: "0+5x60",
      [calls("WriteObject", "OK")]: "0+20x60",
    },
  },
  {
    name: "half of the writes are lost to others",
    rule: "catalog-conflicts/1",
    fires: true,
    at: 40,
    series: {
      [calls("WriteObject", "FAILED_PRECONDITION")]: "0+10x60",
      [calls("WriteObject", "OK")]: "0+10x60",
      [calls("ReadObject", "NOT_FOUND")]: "0+900x60",
    },
  },
  {
    name: "the job succeeded for the last time 27 hours ago",
    rule: "no-backup/1",
    fires: true,
    at: 30 * 60,
    series: { [job("succeeded")]: `0+1x180 180x${27 * 60 + 100}`, [job("failed")]: "0+1x1900" },
  },
  {
    name: "the job succeeds every ten minutes",
    rule: "no-backup/1",
    fires: false,
    at: 30 * 60,
    series: { [job("succeeded")]: "0+0.1x1900" },
  },
];

describe.skipIf(skipsPromtool)(`queries, as Prometheus reads them (${needsPromtool})`, () => {
  test("every query is valid", () => {
    const rules = prometheusRules();
    expect(rules.length).toBeGreaterThan(20);
    const named = rules.map((rule, at) => ({ ...rule, labels: { number: String(at) } }));
    const { status, output } = promtool(["check", "rules", "rules.json"], {
      "rules.json": { groups: [{ name: "imgstream", rules: named }] },
    });
    expect(output).toContain(`SUCCESS: ${rules.length} rules found`);
    expect(status).toBe(0);
  });

  test("a query that is not valid would be found", () => {
    const { status, output } = promtool(["check", "rules", "rules.json"], {
      "rules.json": { groups: [{ name: "imgstream", rules: [{ alert: "a", expr: "sum(rate(x[5m]) > 0" }] }] },
    });
    expect(output).toContain("could not parse expression");
    expect(status).not.toBe(0);
  });

  test.each(faults)("$rule, when $name: fires is $fires", ({ rule, fires, at, series }) => {
    const found = prometheusRules().find(({ alert }) => alert === rule);
    if (found === undefined) throw new Error(`no rule ${rule}`);
    // What fires carries the labels of its query: a rule that keeps none says only whether.
    const whether = { record: "fires", expr: `count((${found.expr})) or vector(0)` };
    const { output } = promtool(["test", "rules", "test.json"], {
      "rules.json": { groups: [{ name: "imgstream", interval: "1m", rules: [whether] }] },
      "test.json": {
        rule_files: ["rules.json"],
        evaluation_interval: "1m",
        tests: [
          {
            interval: "1m",
            input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
            promql_expr_test: [
              {
                expr: "fires > bool 0",
                eval_time: `${at}m`,
                exp_samples: [{ labels: "{}", value: fires ? 1 : 0 }],
              },
            ],
          },
        ],
      },
    });
    expect(output).toContain("SUCCESS");
  });
});
