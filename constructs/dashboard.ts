import { MonitoringDashboard } from "@cdktf/provider-google/lib/monitoring-dashboard/index.js";
import { Construct } from "constructs";

/** One line, or one per series. */
export type ChartLine = (
  | {
      /** PromQL with Cloud Monitoring's names. */
      readonly query: string;
    }
  | {
      /** For what PromQL has no word for, such as truth values: https://cloud.google.com/monitoring/api/v3/filters */
      readonly filter: string;
      readonly align: string;
      readonly reduce: string;
      readonly periodMinutes: number;
    }
) & {
  /** What the line is called. @default the labels of its series */
  readonly legend?: string;
};

export type Widget =
  | {
      readonly kind: "chart";
      readonly title: string;
      readonly lines: readonly [ChartLine, ...ChartLine[]];
      /** Of the values, in UCUM: `ms`, `By`, `1`. @default the metric's own */
      readonly unit?: string;
      /** A line across the chart where an alert would fire. @default none */
      readonly limit?: number;
      /** @default lines */
      readonly draw?: "lines" | "stacked";
    }
  | { readonly kind: "text"; readonly title: string; readonly markdown: string }
  /** The incidents of these alerts that are open. */
  | { readonly kind: "incidents"; readonly title: string; readonly policyNames: readonly string[] };

export interface DashboardProps {
  readonly displayName: string;
  /** Two in a row, in this order. */
  readonly widgets: readonly Widget[];
}

/** The grid has 48 columns. */
const width = 24;
const height = 14;

/** A dashboard of Cloud Monitoring, two widgets in a row. */
export class Dashboard extends Construct {
  readonly dashboard: MonitoringDashboard;

  constructor(scope: Construct, id: string, { displayName, widgets }: DashboardProps) {
    super(scope, id);
    if (widgets.length === 0) throw new Error(`The dashboard '${displayName}' has no widgets`);
    this.dashboard = new MonitoringDashboard(this, "dashboard", {
      dashboardJson: JSON.stringify({
        displayName,
        mosaicLayout: {
          columns: 2 * width,
          tiles: widgets.map((widget, at) => ({
            // The API leaves zeros out of its answers: written here they would be a change in every plan.
            ...(at % 2 === 0 ? {} : { xPos: width }),
            ...(at < 2 ? {} : { yPos: Math.floor(at / 2) * height }),
            width,
            height,
            widget: { title: widget.title, ...content(widget) },
          })),
        },
      }),
    });
  }
}

function content(widget: Widget): Record<string, unknown> {
  switch (widget.kind) {
    case "text":
      return { text: { content: widget.markdown, format: "MARKDOWN" } };
    case "incidents":
      return { incidentList: { policyNames: widget.policyNames } };
    case "chart":
      return {
        xyChart: {
          dataSets: widget.lines.map((line) => ({
            timeSeriesQuery: {
              ...source(line),
              ...(widget.unit !== undefined && { unitOverride: widget.unit }),
            },
            plotType: widget.draw === "stacked" ? "STACKED_AREA" : "LINE",
            targetAxis: "Y1",
            ...(line.legend !== undefined && { legendTemplate: line.legend }),
          })),
          ...(widget.limit !== undefined && { thresholds: [{ value: widget.limit, targetAxis: "Y1" }] }),
          yAxis: { scale: "LINEAR" },
          chartOptions: { mode: "COLOR" },
        },
      };
    default:
      return widget satisfies never;
  }
}

function source(line: ChartLine): Record<string, unknown> {
  if ("query" in line) return { prometheusQuery: line.query };
  return {
    timeSeriesFilter: {
      filter: line.filter,
      aggregation: {
        alignmentPeriod: `${line.periodMinutes * 60}s`,
        perSeriesAligner: line.align,
        crossSeriesReducer: line.reduce,
      },
    },
  };
}
