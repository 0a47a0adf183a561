import type { JudgedChange } from "./acknowledgement.ts";

function describe({ address, change, because, loses, acknowledged, refused }: JudgedChange): string {
  const forced = because.length === 0 ? "" : `, because ${because.join(", ")} changes`;
  const lines = [
    `${loses === undefined ? "" : "DATA WOULD BE LOST: "}${address} would be ${change}${forced}`,
  ];
  if (loses !== undefined) lines.push(`  it holds ${loses}, which no apply makes again`);
  if (acknowledged !== undefined) lines.push(`  acknowledged: ${acknowledged}`);
  if (refused !== undefined) lines.push(`  its acknowledgement does not count: ${refused}`);
  return lines.join("\n");
}

function suggest(changes: readonly JudgedChange[], environment: string): string {
  const entries = changes.map(
    ({ address }) => `  { environment: "${environment}", address: "${address}", reason: "…", until: "…" },`,
  );
  return [
    "If that is meant, add to environments/acknowledged-changes.ts, each with its reason and its last day:",
    ...entries,
    "If it is not: a renamed construct id, name, location or region replaces a resource; take that back, or move",
    "the state first (construct.moveTo, terraform state mv). To leave an environment for good, set retire: true.",
  ].join("\n");
}

/** The guard's words about a plan. */
export function report(changes: readonly JudgedChange[], environment: string | undefined): string {
  if (changes.length === 0) return "The plan destroys and replaces nothing.";
  const open = changes.filter(({ acknowledged }) => acknowledged === undefined);
  const count = `${changes.length} ${changes.length === 1 ? "resource" : "resources"}`;
  const head = `The plan${environment === undefined ? "" : ` of ${environment}`} destroys or replaces ${count}:`;
  const parts = [head, ...changes.map(describe)];
  parts.push(
    open.length === 0
      ? "All of it is acknowledged."
      : environment === undefined
        ? "Its project is none of environments/: name the environment with --environment NAME to have acknowledgements count."
        : suggest(open, environment),
  );
  return parts.join("\n\n");
}
