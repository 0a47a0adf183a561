import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { MaintenanceTimer } from "../../../local/runner/maintenance-timer.ts";

/** A program that says what it was told, and fails where it was told to reconcile. */
const program = `
console.log(process.argv.slice(2).join(" "));
process.exitCode = process.argv.includes("reconcile") ? 1 : 0;
`;

test("upkeep runs again and again, and once a day everything is reconciled; a failure is said", async () => {
  const repository = mkdtempSync(join(tmpdir(), "imgstream-timer-"));
  mkdirSync(join(repository, "app"));
  writeFileSync(join(repository, "app/main.ts"), program);
  const lines: string[] = [];
  const said: string[] = [];
  const timer = new MaintenanceTimer({
    repository,
    environment: {},
    onLine: (line) => lines.push(line),
    say: (text) => said.push(text),
    firstAfterSeconds: 0.01,
    everySeconds: 0.01,
  });
  onTestFinished(async () => {
    await timer.stop();
    rmSync(repository, { recursive: true });
  });
  await expect.poll(() => lines.length).toBeGreaterThanOrEqual(4);
  await timer.stop();
  const stoppedAt = lines.length;
  expect(lines.slice(0, 4)).toEqual(["maintenance", "maintenance reconcile", "maintenance", "maintenance"]);
  expect(said).toEqual(["Maintenance reconcile ended with exit code 1; its log says why."]);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(lines).toHaveLength(stoppedAt);
});
