import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { forBrowser, forContainers } from "../../../local/rehearsal/requirements.ts";
import { stepsOf } from "../../../local/rehearsal/course.ts";
import { courseWithoutTerraform } from "../../../local/rehearsal/steps/in-order.ts";

const program = join(import.meta.dirname, "../../../local/rehearsal/main.ts");
const missing = [...forContainers, ...forBrowser].filter(({ isMet }) => !isMet()).map(({ remedy }) => remedy);
const isSkipped = missing.length > 0 && process.env["CI"] !== "true";
const why = isSkipped ? ` (skipped: ${missing.join("; ")})` : "";

interface Run {
  readonly code: number | null;
  readonly said: string;
}

function rehearse(...words: string[]): Promise<Run> {
  const child = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, said: Buffer.concat(parts).toString("utf8") }));
  });
}

test.skipIf(isSkipped)(
  `what dev declares runs on this machine, and a person uses it${why}`,
  { timeout: 240_000 },
  async () => {
    const { code, said } = await rehearse("dev", "--without-terraform");
    for (const { title, lacking } of stepsOf(courseWithoutTerraform)) {
      expect(said).toMatch(lacking === undefined ? `✓ ${title}` : `· ${title}`);
    }
    expect(said).toMatch(/^Passed in \d+ s .*\. Report: .*rehearsal-dev-without-terraform\.html$/m);
    expect(code).toBe(0);
  },
);
