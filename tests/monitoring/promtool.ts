import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alertsOf } from "../../monitoring/alerts.ts";
import { instruments, watched } from "./watched.ts";

export const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
/** Missing on a person's machine it is skipped; in CI its absence is a failure. */
export const skipsPromtool = !hasPromtool && process.env["CI"] !== "true";
export const needsPromtool = "needs promtool: apt-get install prometheus";

interface PrometheusRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
}

/** Every PromQL condition as a rule of Prometheus, named `alert/number`. */
export function prometheusRules(): readonly PrometheusRule[] {
  return alertsOf(watched, instruments).flatMap(({ id, conditions }) =>
    conditions.flatMap((condition, at) =>
      condition.kind === "promql"
        ? [{ alert: `${id}/${at + 1}`, expr: condition.query, for: `${condition.forMinutes ?? 0}m` }]
        : [],
    ),
  );
}

/** Runs promtool in a folder with these files, JSON being YAML. */
export function promtool(
  words: readonly string[],
  files: Readonly<Record<string, unknown>>,
): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), "promtool-"));
  try {
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(folder, name), JSON.stringify(content));
    const { status, stdout, stderr, error } = spawnSync("promtool", words, { cwd: folder, encoding: "utf8" });
    return { status, output: error === undefined ? stdout + stderr : error.message };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
