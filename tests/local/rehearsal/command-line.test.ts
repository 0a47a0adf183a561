import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readCommandLine } from "../../../local/rehearsal/command-line.ts";
import { holdsProvider } from "../../../local/rehearsal/google-provider.ts";
import { demand } from "../../../local/rehearsal/requirements.ts";

const program = join(import.meta.dirname, "../../../local/rehearsal/main.ts");

test("without a word, dev is rehearsed and nothing is left behind", () => {
  expect(readCommandLine([])).toEqual({ environment: "dev", isKept: false, hasTerraform: true });
  expect(readCommandLine(["production", "--keep"])).toEqual({
    environment: "production",
    isKept: true,
    hasTerraform: true,
  });
});

test("Terraform is left out where that is said", () => {
  expect(readCommandLine(["staging", "--without-terraform"])).toMatchObject({
    environment: "staging",
    hasTerraform: false,
  });
});

test("a mutation is known by its name", () => {
  expect(readCommandLine(["--mutation", "invoker-removed"]).mutation?.mistake).toContain("invoke");
  expect(() => readCommandLine(["--mutation", "nothing"])).toThrow(/no mutation 'nothing'.*invoker-removed/);
  expect(() => readCommandLine(["--mutation"])).toThrow("no mutation ''");
});

test.each([
  ["--fast", "'--fast' is no option"],
  ["--keep=yes", "'--keep=yes' is no option"],
  ["-k", "'-k' is no option"],
])("the option %s is refused by its name, with what there is", (word, said) => {
  expect(() => readCommandLine([word])).toThrow(said);
  expect(() => readCommandLine([word])).toThrow("npm run rehearse -- [ENVIRONMENT]");
});

test("two environments at once are refused", () => {
  expect(() => readCommandLine(["dev", "staging"])).toThrow("not also 'staging'");
});

test("everything that a machine lacks is said on one line, each with its remedy", () => {
  const missing = ["one: apt-get install one", "two: apt-get install two"];
  const requirements = missing.map((remedy) => ({ isMet: () => false, remedy }));
  expect(() => demand([...requirements, { isMet: () => true, remedy: "three" }])).toThrow(missing.join("; "));
});

test("the provider is found unpacked, and as Terraform's own mirror command keeps it", () => {
  const folder = mkdtempSync(join(tmpdir(), "mirror-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const packed = join(folder, "packed");
  mkdirSync(packed);
  expect([folder, packed, join(folder, "absent")].map(holdsProvider)).toEqual([false, false, false]);
  mkdirSync(join(folder, "6.50.0"));
  writeFileSync(join(packed, "terraform-provider-google_6.50.0_linux_amd64.zip"), "");
  expect([folder, packed].map(holdsProvider)).toEqual([true, true]);
});

test("a rehearsal that cannot begin says why in one line and ends with code 3", () => {
  const wrong = spawnSync(process.execPath, [program, "--fast"], { encoding: "utf8" });
  expect(wrong.status).toBe(3);
  expect(wrong.stderr).toMatch(/^'--fast' is no option.*\n$/);
  const bare = spawnSync(process.execPath, [program], { encoding: "utf8", env: { PATH: "/nowhere" } });
  expect(bare.status).toBe(3);
  expect(bare.stderr).toMatch(/^Terraform is not installed: [^\n]*apt-get install docker-registry[^\n]*\n$/);
});
