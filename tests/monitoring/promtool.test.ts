import { describe, expect, test } from "vitest";
import { needsPromtool, prometheusRules, promtool, skipsPromtool } from "./promtool.ts";
import { recordingsOfCapacity } from "./recordings-of-capacity.ts";
import { recordingsOfData } from "./recordings-of-data.ts";
import { recordingsOfRequests } from "./recordings-of-requests.ts";

const recordings = [...recordingsOfRequests, ...recordingsOfCapacity, ...recordingsOfData];

/** The rules with a recording that shows them so. */
function shown(fires: boolean): readonly string[] {
  return [...new Set(recordings.filter((one) => one.fires === fires).map(({ rule }) => rule))].toSorted();
}

test("every query has a recording in which it fires, and one in which it is silent", () => {
  const rules = prometheusRules().map(({ alert }) => alert);
  expect(rules.length).toBeGreaterThan(20);
  expect(shown(true)).toEqual(rules.toSorted());
  expect(shown(false)).toEqual(rules.toSorted());
});

describe.skipIf(skipsPromtool)(`queries, as Prometheus reads them (${needsPromtool})`, () => {
  test("every query is valid", () => {
    const rules = prometheusRules();
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

  test.each(recordings)("$rule, when $name: fires is $fires", ({ rule, fires, at, series }) => {
    const found = prometheusRules().find(({ alert }) => alert === rule);
    if (found === undefined) throw new Error(`no rule ${rule}`);
    // How many series the query gives, whatever their labels; samples are read every ten minutes, for days are long.
    const count = `count((${found.expr})) or vector(0)`;
    const { output } = promtool(["test", "rules", "test.json"], {
      "test.json": {
        rule_files: [],
        evaluation_interval: "10m",
        tests: [
          {
            interval: "1m",
            input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
            promql_expr_test: [
              {
                expr: `(${count}) > bool 0`,
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
