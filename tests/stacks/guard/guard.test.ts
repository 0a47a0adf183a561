import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { acknowledgedChanges } from "../../../environments/acknowledged-changes.ts";
import { judge } from "../../../stacks/guard/acknowledgement.ts";
import { environments } from "../../../environments/index.ts";

const root = join(import.meta.dirname, "../../..");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "guard-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function guard(...words: string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["stacks/guard.ts", ...words], {
    cwd: root,
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

function planFile(actions: string[], project = "imgstream-staging"): string {
  const file = join(folder, `${actions.join("-")}-${project}.json`);
  writeFileSync(
    file,
    JSON.stringify({
      format_version: "1.2",
      resource_changes: [
        { address: "google_storage_bucket.media", type: "google_storage_bucket", change: { actions } },
      ],
      configuration: {
        provider_config: {
          google: { name: "google", expressions: { project: { constant_value: project } } },
        },
      },
    }),
  );
  return file;
}

test("a plan that destroys ends with 1 and names its environment", () => {
  const { status, output } = guard(planFile(["delete"]));
  expect(status).toBe(1);
  expect(output).toContain("The plan of staging destroys or replaces 1 resource:");
  expect(output).toContain("DATA WOULD BE LOST: google_storage_bucket.media would be destroyed");
});

test("a plan that destroys nothing ends with 0", () => {
  expect(guard(planFile(["update"]))).toEqual({
    status: 0,
    output: "The plan destroys and replaces nothing.\n",
  });
});

test("the environment can be named for a plan that does not", () => {
  const { output } = guard(planFile(["delete"], "elsewhere"), "--environment", "dev");
  expect(output).toContain("The plan of dev destroys");
});

test.each([
  [[], "Which plan? Write npm run guard -- PLAN.json"],
  [["nowhere.json"], "ENOENT"],
  [["package.json"], "The file is no plan of Terraform"],
  [["package.json", "other.json"], "Which plan?"],
  [["package.json", "--force"], "--force"],
])("%j ends with 2 and words", (words, said) => {
  const { status, output } = guard(...words);
  expect(output).toContain(said);
  expect(status).toBe(2);
});

test("an unknown environment ends with 2 and names those that are", () => {
  const { status, output } = guard(planFile(["delete"]), "--environment", "prod");
  expect(status).toBe(2);
  expect(output).toContain("Unknown environment 'prod': use one of dev, staging, production");
});

test("what is acknowledged in the repository has a reason and a day", () => {
  const changes = acknowledgedChanges.map(({ address }) => ({
    address,
    change: "destroyed" as const,
    because: [],
  }));
  const judged = Object.values(environments).flatMap((one) =>
    judge(changes, acknowledgedChanges, one, "0000-00-00"),
  );
  expect(judged.filter(({ refused }) => refused !== undefined)).toEqual([]);
});
