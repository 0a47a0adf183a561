import type { FastifyBaseLogger } from "fastify";
import { isLogDamage } from "../telemetry/catalog-notices.ts";
import { SomethingLostError } from "./reconcile.ts";
import { type Finding, Findings, type TaskReport, leftBy } from "./report.ts";
import { type Figures, type Upkeep, everySeconds } from "./upkeep.ts";

const progressSeconds = 30;

/** What one task of a run says: lines in the log while it goes, and a report at its end. */
export class TaskRecord {
  /** What the task is told, and tells. */
  readonly told: Required<Pick<Upkeep, "progress" | "note">>;
  readonly #findings = new Findings();
  readonly #log: FastifyBaseLogger;
  readonly #line: { readonly task: string; readonly dry_run?: boolean };
  readonly #isDryRun: boolean;

  constructor(
    task: string,
    { log, isDryRun = false }: Pick<Upkeep, "isDryRun"> & { readonly log: FastifyBaseLogger },
  ) {
    this.#log = log;
    this.#isDryRun = isDryRun;
    this.#line = { task, ...(isDryRun && { dry_run: true }) };
    const progress = everySeconds(progressSeconds, (figures) =>
      log.info({ ...this.#line, ...figures }, `${task} is under way`),
    );
    this.told = { progress, note: (finding) => this.#note(finding) };
  }

  #note(finding: Finding): void {
    this.#findings.add(finding);
    const { kind, subject, userId, outcome, detail, error } = finding;
    const fields = { ...this.#line, finding: kind, subject, user_id: userId, outcome, detail, err: error };
    const level = outcome === "mended" ? "info" : isLogDamage(error) ? "error" : "warn";
    this.#log[level](fields, `${kind}: ${subject}`);
  }

  /** @param fault undefined where it ended well */
  end(seconds: number, counted: Figures, fault: unknown): TaskReport {
    const { task } = this.#line;
    const figures = fault instanceof SomethingLostError ? fault.figures : counted;
    const line = { ...this.#line, seconds, ...figures };
    if (fault === undefined) this.#log.info(line, this.#isDryRun ? `${task} would do this` : `${task} done`);
    else this.#log.error({ ...line, err: fault }, `${task} failed`);
    return {
      task,
      isDryRun: this.#isDryRun,
      seconds,
      figures,
      findings: this.#findings.kept,
      findingsLeftOut: this.#findings.leftOut,
      failure: fault === undefined ? undefined : leftBy(fault).detail,
    };
  }
}
