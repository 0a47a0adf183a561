import type { ContainerSpec } from "./container-spec.ts";
import { type ExitReport, startContainer } from "./container.ts";

export interface JobSpec extends ContainerSpec {
  /** Beyond it the attempt is ended and has failed. */
  readonly timeoutSeconds: number;
  /** How often a failed attempt is repeated. */
  readonly maxRetries: number;
}

export interface Execution {
  readonly succeeded: boolean;
  readonly attempts: readonly (ExitReport & { readonly log: readonly string[] })[];
}

/** Runs one task of a job to its end, as often as it may: https://cloud.google.com/run/docs/create-jobs */
export async function runJob(spec: JobSpec): Promise<Execution> {
  const attempts: (ExitReport & { readonly log: readonly string[] })[] = [];
  for (let attempt = 0; attempt <= spec.maxRetries; attempt += 1) {
    const container = await startContainer(spec);
    const timer = setTimeout(() => void container.stop(), spec.timeoutSeconds * 1000);
    const report = await container.exited;
    clearTimeout(timer);
    attempts.push({ ...report, log: container.log });
    if (report.code === 0 && report.reason === undefined) return { succeeded: true, attempts };
  }
  return { succeeded: false, attempts };
}
