import { writeFile } from "node:fs/promises";

export interface StepReport {
  readonly title: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly seconds: number;
  /** What was seen, or why it failed. */
  readonly said: string;
}

export interface RehearsalReport {
  readonly environment: string;
  readonly version: string;
  readonly steps: readonly StepReport[];
  /** Resource types that were created, read back without drift and destroyed. */
  readonly types: readonly string[];
  /** What stays after everything is destroyed. */
  readonly left: readonly string[];
}

const marks = { passed: "✓", failed: "✗", skipped: "–" } as const;

/** One step on a terminal; what it said is indented below. */
export function formatStep({ title, outcome, seconds, said }: StepReport): string {
  const head = `${marks[outcome]} ${title.padEnd(56)} ${seconds.toFixed(1).padStart(6)} s`;
  const below =
    said === ""
      ? ""
      : `\n${said
          .split("\n")
          .map((line) => `    ${line}`)
          .join("\n")}`;
  return head + below;
}

export function isPassed(report: RehearsalReport): boolean {
  return report.steps.every(({ outcome }) => outcome !== "failed");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  return `<h2>${title} (${items.length})</h2><ul>${items.map((item) => `<li><code>${escape(item)}</code></li>`).join("")}</ul>`;
}

/** The report as a page that stands alone. */
export async function writePage(file: string, report: RehearsalReport): Promise<void> {
  const total = report.steps.reduce((sum, { seconds }) => sum + seconds, 0);
  const rows = report.steps.map(
    ({ title, outcome, seconds, said }) =>
      `<tr class="${outcome}"><td>${marks[outcome]}</td><td><b>${escape(title)}</b><pre>${escape(said)}</pre></td><td>${seconds.toFixed(1)}&nbsp;s</td></tr>`,
  );
  const style = `
    :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
    body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
    table { width: 100%; border-collapse: collapse; }
    td { padding: 0.5rem; border-top: 1px solid #8886; vertical-align: top; }
    td:last-child { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
    pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.85rem; }
    .passed td:first-child { color: #1a7f37; } .failed td:first-child { color: #d1242f; }
    ul { columns: 20rem; padding-left: 1.2rem; font-size: 0.9rem; }`;
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Rehearsal of ${escape(report.environment)}</title><style>${style}</style>
<h1>Rehearsal of ${escape(report.environment)}: ${isPassed(report) ? "passed" : "failed"}</h1>
<p>Version ${escape(report.version)}, ${report.steps.length} steps in ${total.toFixed(0)} s on this machine.
What it proves and what it cannot: docs/rehearsal.md.</p>
<table>${rows.join("")}</table>
${list("Resource types created, read back and destroyed", report.types)}
${list("What stays", report.left)}
</html>\n`;
  await writeFile(file, page);
}
