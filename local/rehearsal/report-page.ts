import {
  type Look,
  marks,
  type RehearsalReport,
  isPassed,
  type StepReport,
  spent,
  timeOf,
} from "./report.ts";

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; --line: #d8dee4; --soft: #57606a;
  --good: #1a7f37; --bad: #cf222e; --bar: #8ecba0; --paper: #ffffff; --ink: #1f2328; --panel: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --line: #30363d; --soft: #9198a1; --good: #3fb950; --bad: #ff7b72;
  --bar: #2b5d38; --paper: #0d1117; --ink: #e6edf3; --panel: #151b23; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink); }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.15rem; }
.summary { margin: 0.5rem 0 1.5rem; color: var(--soft); }
.passed > .mark, .verdict.passed { color: var(--good); } .failed > .mark, .verdict.failed { color: var(--bad); }
ol, ul { margin: 0; padding: 0; list-style: none; }
.steps li { display: grid; grid-template-columns: 1.5rem minmax(0, 1fr) auto; gap: 0 0.5rem; padding: 0.6rem 0;
  border-top: 1px solid var(--line); }
.mark { font-weight: 700; } .title { font-weight: 600; } .skipped, .absent { color: var(--soft); }
.time { color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { grid-column: 2 / 4; height: 0.25rem; margin: 0.3rem 0; border-radius: 0.25rem; background: var(--bar); min-width: 2px; }
.failed .bar { background: var(--bad); }
pre { grid-column: 2 / 4; margin: 0.2rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 0.82rem/1.5 ui-monospace, monospace; color: var(--soft); }
.failed pre { padding: 0.75rem; background: var(--panel); color: var(--ink); border-left: 3px solid var(--bad); }
.looks { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem; }
figure { margin: 0; } figure img { width: 100%; height: auto; border: 1px solid var(--line); border-radius: 0.4rem; }
figcaption { color: var(--soft); font-size: 0.9rem; }
.names { columns: 24rem; column-gap: 2rem; font-size: 0.85rem; }
.names li { break-inside: avoid; overflow-wrap: anywhere; padding: 0.1rem 0 0.1rem 1rem; text-indent: -1rem; }
code { font-family: ui-monospace, monospace; }
`;

function stepItem(step: StepReport, longest: number): string {
  const { title, outcome, seconds, said } = step;
  const isWalked = outcome === "passed" || outcome === "failed";
  const width = longest === 0 ? 0 : (100 * seconds) / longest;
  const bar = !isWalked ? "" : `<div class="bar" style="width:${width.toFixed(1)}%"></div>`;
  return `<li class="${outcome}"><span class="mark" aria-label="${outcome}">${marks[outcome]}</span>
<span class="title">${escape(title)}</span><span class="time">${timeOf(step)}</span>${bar}${said === "" ? "" : `<pre>${escape(said)}</pre>`}</li>`;
}

function names(title: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  const lines = items.map((item) => `<li><code>${escape(item)}</code></li>`);
  return `<h2>${title} (${items.length})</h2><ul class="names">${lines.join("")}</ul>`;
}

function pictures(looks: readonly Look[]): string {
  if (looks.length === 0) return "";
  const figures = looks.map(
    ({ title, jpeg }) =>
      `<figure><img alt="" src="data:image/jpeg;base64,${jpeg.toString("base64")}"><figcaption>${escape(title)}</figcaption></figure>`,
  );
  return `<h2>What the person saw</h2><div class="looks">${figures.join("")}</div>`;
}

/** The report as a page that stands alone: for light and dark, wide screens and phones. */
export function reportPage(report: RehearsalReport): string {
  const { environment, version, hasTerraform, mistake, steps, looks, types, left } = report;
  const verdict = isPassed(report) ? "passed" : "failed";
  const longest = Math.max(0, ...steps.map((step) => step.seconds));
  const declared = steps.filter(({ outcome }) => outcome !== "absent");
  const done = declared.filter(({ outcome }) => outcome !== "skipped").length;
  const form = hasTerraform ? "With Terraform and Google's provider" : "Without Terraform";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rehearsal of ${escape(environment)}: ${verdict}</title><style>${style}</style></head><body>
<h1>Rehearsal of ${escape(environment)}: <span class="verdict ${verdict}">${verdict}</span></h1>
<p class="summary">${form}, version ${escape(version)}, ${done} of ${declared.length} steps in ${spent(report)} on one machine${
    mistake === undefined ? "" : `. On purpose: ${escape(mistake)}`
  }. What this proves and what it cannot: docs/rehearsal.md.</p>
<ol class="steps">${steps.map((step) => stepItem(step, longest)).join("\n")}</ol>
${pictures(looks)}
${names("Resource types created, read back without drift and destroyed", types)}
${names("What stays after leaving", left)}
</body></html>
`;
}
