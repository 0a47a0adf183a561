import { expect, test } from "vitest";
import { Dashboard } from "../../constructs/dashboard.ts";
import type { Widget } from "../../constructs/dashboard.ts";
import { synthesiseConstruct } from "./synthesise-construct.ts";

function dashboard(...widgets: Widget[]): {
  mosaicLayout: { columns: number; tiles: Record<string, unknown>[] };
} {
  const { dashboard_json: json } = synthesiseConstruct(
    "google_monitoring_dashboard",
    (stack) => new Dashboard(stack, "it", { displayName: "Photos", widgets }),
  );
  return JSON.parse(String(json));
}

const chart: Widget = { kind: "chart", title: "Requests", lines: [{ query: "vector(1)" }] };

test("widgets stand two in a row; zeros, which the API leaves out of its answers, are not written", () => {
  const { mosaicLayout } = dashboard(chart, chart, chart);
  expect(mosaicLayout.columns).toBe(48);
  expect(mosaicLayout.tiles.map(({ xPos, yPos, width, height }) => [xPos, yPos, width, height])).toEqual([
    [undefined, undefined, 24, 14],
    [24, undefined, 24, 14],
    [undefined, 14, 24, 14],
  ]);
});

test("a chart draws queries and filters, with the line at which an alert would fire", () => {
  const { mosaicLayout } = dashboard({
    kind: "chart",
    title: "Slow",
    unit: "ms",
    limit: 1_500,
    lines: [
      { query: "vector(1)", legend: "p95" },
      { filter: 'metric.type="m"', align: "ALIGN_RATE", reduce: "REDUCE_SUM", periodMinutes: 1 },
    ],
  });
  expect(mosaicLayout.tiles[0]?.["widget"]).toMatchObject({
    title: "Slow",
    xyChart: {
      dataSets: [
        {
          timeSeriesQuery: { prometheusQuery: "vector(1)", unitOverride: "ms" },
          plotType: "LINE",
          legendTemplate: "p95",
        },
        {
          timeSeriesQuery: {
            timeSeriesFilter: {
              filter: 'metric.type="m"',
              aggregation: {
                alignmentPeriod: "60s",
                perSeriesAligner: "ALIGN_RATE",
                crossSeriesReducer: "REDUCE_SUM",
              },
            },
          },
        },
      ],
      thresholds: [{ value: 1_500 }],
    },
  });
});

test("amounts can be stacked, and texts and open incidents shown", () => {
  const { mosaicLayout } = dashboard(
    { ...chart, draw: "stacked" },
    { kind: "text", title: "Read me", markdown: "**Look** here." },
    { kind: "incidents", title: "Open", policyNames: ["projects/p/alertPolicies/1"] },
  );
  expect(mosaicLayout.tiles.map(({ widget }) => widget)).toMatchObject([
    { xyChart: { dataSets: [{ plotType: "STACKED_AREA" }] } },
    { text: { content: "**Look** here.", format: "MARKDOWN" } },
    { incidentList: { policyNames: ["projects/p/alertPolicies/1"] } },
  ]);
});

test("a dashboard without widgets is refused", () => {
  expect(() => dashboard()).toThrow("The dashboard 'Photos' has no widgets");
});
