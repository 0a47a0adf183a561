import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Every file that a synthesis writes, by its path. */
function synthesiseInProcess(variables: Record<string, string>): Map<string, string> {
  const outdir = mkdtempSync(join(tmpdir(), "imgstream-main-"));
  folders.push(outdir);
  execFileSync(process.execPath, ["stacks/main.ts"], {
    cwd: root,
    env: { ...process.env, CDKTF_OUTDIR: outdir, ...variables },
  });
  const files = readdirSync(outdir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.toSorted().map((file) => [file.slice(outdir.length + 1), readFileSync(file, "utf8")]));
}

const one = synthesiseInProcess({ TZ: "UTC", LC_ALL: "C", LANG: "C" });

test("one synthesis writes the six stacks", () => {
  const stacks = [...one.keys()].filter((file) => file.endsWith("cdk.tf.json"));
  expect(stacks).toEqual([
    "stacks/bootstrap-dev/cdk.tf.json",
    "stacks/bootstrap-production/cdk.tf.json",
    "stacks/bootstrap-staging/cdk.tf.json",
    "stacks/dev/cdk.tf.json",
    "stacks/production/cdk.tf.json",
    "stacks/staging/cdk.tf.json",
  ]);
});

test("two syntheses are equal to the byte, whatever the folder, time zone and locale", () => {
  const other = synthesiseInProcess({ TZ: "Pacific/Chatham", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" });
  expect([...other.keys()]).toEqual([...one.keys()]);
  const different = [...one].filter(([file, text]) => other.get(file) !== text);
  expect(different.map(([file]) => file)).toEqual([]);
});

test("nothing of this machine is written into a stack", () => {
  const naming = [...one].filter(([file, text]) => file.endsWith(".json") && text.includes(root));
  expect(naming.map(([file]) => file)).toEqual([]);
});
