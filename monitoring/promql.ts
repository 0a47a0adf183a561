/** A comparison of one label: equal, unless `not`, `like` (a regular expression) or `unlike` says otherwise. */
export type LabelMatch =
  | string
  | { readonly not: string }
  | { readonly like: string }
  | { readonly unlike: string };

function renderMatch(label: string, match: LabelMatch): string {
  if (typeof match === "string") return `${label}=${JSON.stringify(match)}`;
  if ("not" in match) return `${label}!=${JSON.stringify(match.not)}`;
  if ("like" in match) return `${label}=~${JSON.stringify(match.like)}`;
  return `${label}!~${JSON.stringify(match.unlike)}`;
}

/**
 * A metric of Cloud Monitoring as PromQL names it, with the resource that it is about and its labels:
 * `run.googleapis.com/request_count` becomes `run_googleapis_com:request_count{monitored_resource="…",…}`.
 * https://cloud.google.com/monitoring/promql/promql-mapping
 *
 * @param part of a distribution: `bucket`, `count` or `sum`
 */
export function series(
  metric: string,
  resource: string,
  labels: Readonly<Record<string, LabelMatch>> = {},
  part?: "bucket" | "count" | "sum",
): string {
  const [domain = "", ...path] = metric.split("/");
  const name = `${domain.replaceAll(/[^a-zA-Z0-9]/g, "_")}:${path.join("/").replaceAll(/[^a-zA-Z0-9]/g, "_")}`;
  const matches = [
    `monitored_resource=${JSON.stringify(resource)}`,
    ...Object.entries(labels).map(([label, match]) => renderMatch(label, match)),
  ];
  return `${name}${part === undefined ? "" : `_${part}`}{${matches.join(",")}}`;
}

/** A regular expression that matches exactly these names. */
export function anyOf(names: readonly string[]): { readonly like: string } {
  return {
    like: names.map((name) => name.replaceAll(/[.+*?^()[\]{}|\\](?!\{)/g, String.raw`\$&`)).join("|"),
  };
}

/**
 * How much a counter grew over a time such as `10m`, all series together, or by labels.
 *
 * @param ago how long before now that time ended; now, when left out
 */
export function grown(counter: string, over: string, by: readonly string[] = [], ago?: string): string {
  const offset = ago === undefined ? "" : ` offset ${ago}`;
  return `sum${by.length === 0 ? "" : ` by (${by.join(", ")})`} (increase(${counter}[${over}]${offset}))`;
}

/** The value that a share of a distribution's points lies below, over a time, all series together, or by labels. */
export function quantile(share: number, buckets: string, over: string, by: readonly string[] = []): string {
  return `histogram_quantile(${share}, sum by (${["le", ...by].join(", ")}) (rate(${buckets}[${over}])))`;
}

/** Nothing counts as zero. */
export function orZero(query: string): string {
  return `(${query} or vector(0))`;
}
