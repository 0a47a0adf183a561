import type { Figures } from "./upkeep.ts";

/** One thing that a task came upon. */
export interface Finding {
  /** What it is, such as `unrecorded-original`. */
  readonly kind: string;
  /** The object, photo or upload that it is about. */
  readonly subject: string;
  /** Whose, where that is known. */
  readonly userId?: string;
  /** `mended`: it is done (in a dry run: it would be). `left`: nothing was changed, and `detail` says why. */
  readonly outcome: "mended" | "left";
  readonly detail?: string;
  /** For the log only. */
  readonly error?: unknown;
}

/** What a finding says that could not be mended this time. */
export function leftBy(error: unknown) {
  return { outcome: "left", detail: error instanceof Error ? error.message : String(error), error } as const;
}

/** What one task did, or would do. */
export interface TaskReport {
  readonly task: string;
  readonly isDryRun: boolean;
  readonly seconds: number;
  readonly figures: Figures;
  readonly findings: readonly Finding[];
  /** Findings beyond the most that are kept; the log has them. */
  readonly findingsLeftOut: number;
  /** Why it did not end well. */
  readonly failure: string | undefined;
}

export type ReportForm = "text" | "json";

/** So many are kept for the report, however many there are. */
const mostFindings = 1000;

/** Keeps a task's findings within bounds. */
export class Findings {
  readonly #kept: Finding[] = [];
  #leftOut = 0;

  add(finding: Finding): void {
    if (this.#kept.length < mostFindings) this.#kept.push(finding);
    else this.#leftOut += 1;
  }

  get kept(): readonly Finding[] {
    return this.#kept;
  }

  get leftOut(): number {
    return this.#leftOut;
  }
}

/** For a person to read, or one line of JSON with names in snake_case. */
export function formatReport(reports: readonly TaskReport[], form: ReportForm): string {
  if (form === "json") return `${JSON.stringify({ version: 1, tasks: reports.map(toJson) })}\n`;
  return reports.map((report) => toText(report)).join("\n");
}

function toJson(report: TaskReport) {
  return {
    task: report.task,
    dry_run: report.isDryRun,
    seconds: report.seconds,
    failure: report.failure ?? null,
    figures: report.figures,
    findings: report.findings.map(({ kind, subject, userId, outcome, detail }) => ({
      kind,
      subject,
      user_id: userId ?? null,
      outcome,
      detail: detail ?? null,
    })),
    findings_left_out: report.findingsLeftOut,
  };
}

function toText({
  task,
  isDryRun,
  seconds,
  figures,
  findings,
  findingsLeftOut,
  failure,
}: TaskReport): string {
  const title = `${task}${isDryRun ? ", a dry run: nothing was changed" : ""} (${seconds.toFixed(1)} s)`;
  const lines = [title, ...(failure === undefined ? [] : [`  FAILED: ${failure}`])];
  const width = Math.max(0, ...Object.keys(figures).map((name) => name.length));
  for (const [name, value] of Object.entries(figures)) {
    lines.push(`  ${name.replaceAll("_", " ").padEnd(width)}  ${value.toLocaleString("en")}`);
  }
  for (const { kind, subject, outcome, detail } of findings) {
    const done = outcome === "left" ? "left" : isDryRun ? "would be mended" : "mended";
    lines.push(`  - ${kind}: ${subject}, ${done}${detail === undefined ? "" : `: ${detail}`}`);
  }
  if (findingsLeftOut > 0) lines.push(`  … and ${findingsLeftOut} more, which stand in the log`);
  return `${lines.join("\n")}\n`;
}
