/**
 * `npm run rehearse [-- ENVIRONMENT]`: deploys the whole unit on this machine, with real Terraform and the real provider
 * against the stand-ins, uses it as a person would, changes it, breaks it and leaves it. Exit code 0: all steps passed;
 * 1: one failed; 2: a mistake that was made on purpose was not found; 3: it could not begin, and one line says why and
 * what to do.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CannotBegin } from "./cannot-begin.ts";
import { readCommandLine } from "./command-line.ts";
import { isFound } from "./mutations.ts";
import { rehearse } from "./rehearsal.ts";
import { isPassed, spent } from "./report.ts";
import { reportPage } from "./report-page.ts";
import { forBrowser, forContainers, forTerraform, demand } from "./requirements.ts";
import { courseAside, courseWithTerraform, courseWithoutTerraform } from "./steps/in-order.ts";

function pageFile(environment: string, hasTerraform: boolean): string {
  const form = hasTerraform ? "" : "-without-terraform";
  return join(import.meta.dirname, "../../dist", `rehearsal-${environment}${form}.html`);
}

async function run(words: readonly string[]): Promise<number> {
  const { environment, isKept, hasTerraform, mutation } = readCommandLine(words);
  demand([...(hasTerraform ? forTerraform : []), ...forContainers, ...forBrowser]);
  const folder = mkdtempSync(join(tmpdir(), "rehearsal-"));
  const clear = (): void => {
    if (!isKept) rmSync(folder, { recursive: true, force: true });
  };
  for (const [signal, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
  ] as const) {
    process.once(signal, () => {
      console.error("Stopped. Nothing of it goes on.");
      // What runs besides ends with this process.
      process.once("exit", clear);
      process.exit(128 + number);
    });
  }
  try {
    if (mutation !== undefined) console.log(`On purpose: ${mutation.mistake}`);
    const changes = mutation === undefined ? {} : { rewrite: mutation.rewrite };
    const course = hasTerraform ? courseWithTerraform : courseWithoutTerraform;
    // A mistake is sought in the main course: another one that fails too would hide where it was found.
    const aside = hasTerraform && mutation === undefined ? courseAside : [];
    const result = await rehearse({ environment, folder, course, aside, ...changes });
    const mistake = mutation === undefined ? {} : { mistake: mutation.mistake };
    const report = { environment, hasTerraform, ...mistake, ...result };
    const page = pageFile(environment, hasTerraform);
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, reportPage(report));
    const verdict = isPassed(report) ? "Passed" : "Failed";
    console.log(`${verdict} in ${spent(report)}. Report: ${page}`);
    if (mutation === undefined) return isPassed(report) ? 0 : 1;
    const isNamed = isFound(mutation, report);
    console.log(isNamed ? "The mistake was found, and named." : "The mistake was not found.");
    return isNamed ? 1 : 2;
  } finally {
    clear();
  }
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CannotBegin)) throw error;
  console.error(error.message);
  process.exitCode = 3;
}
