import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { forBrowser, forContainers } from "../../../local/rehearsal/requirements.ts";

const program = join(import.meta.dirname, "../../../local/rehearsal/main.ts");
const missing = [...forContainers, ...forBrowser].filter(({ isMet }) => !isMet()).map(({ remedy }) => remedy);
const isSkipped = missing.length > 0 && process.env["CI"] !== "true";
const why = isSkipped ? ` (skipped: ${missing.join("; ")})` : "";

test.skipIf(isSkipped)(
  `what dev declares runs on this machine, and a person uses it${why}`,
  { timeout: 120_000 },
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, "dev", "--without-terraform"]);
    expect(stdout).toMatch(/✓ What the bootstrap declares is made by its owner/);
    expect(stdout).toMatch(/✓ What the environment declares is made by its deployer/);
    expect(stdout).toMatch(/✓ A person signs in, uploads, looks and deletes/);
    expect(stdout).toMatch(/✓ The same in a browser, at the declared domain/);
    expect(stdout).toMatch(/✓ Nobody comes in by another way/);
    expect(stdout).toMatch(/^Passed in \d+ s\. Report: .*rehearsal-dev-without-terraform\.html$/m);
  },
);
