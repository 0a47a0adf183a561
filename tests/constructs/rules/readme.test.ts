import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rulesBySubject } from "../../../constructs/rules/index.ts";

const root = join(import.meta.dirname, "../../..");
const readme = readFileSync(join(root, "constructs/rules/README.md"), "utf8");
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rules-readme-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function block(language: "ts" | "text"): string {
  return new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "s").exec(readme)?.[1] ?? "";
}

/** Runs the example as a program of its own, with the rules of this repository for the published ones. */
function run(example: string): { readonly status: number | null; readonly output: string } {
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  const source = example.replace(
    '"imgstream/rules"',
    JSON.stringify(join(root, "constructs/rules/index.ts")),
  );
  writeFileSync(join(folder, "main.ts"), source);
  const { status, stderr } = spawnSync(process.execPath, ["main.ts"], { cwd: folder, encoding: "utf8" });
  return { status, output: stderr };
}

const isWritten = () => existsSync(join(folder, "cdktf.out/stacks/production/cdk.tf.json"));

test("the README's example runs", () => {
  expect(run(block("ts"))).toEqual({ status: 0, output: "" });
  expect(isWritten()).toBe(true);
});

test("without its exception it ends as the README says, and writes nothing", () => {
  const { status, output } = run(block("ts").replace(/^suppress\(.*$/m, ""));
  expect(status).toBe(1);
  expect(output).toContain(block("text").trim());
  expect(isWritten()).toBe(false);
});

test("the README's own rule is one that can be broken", () => {
  const { output } = run(block("ts").replace('name: "acme-photos-cache"', 'name: "cache"'));
  expect(output).toContain('the name is "cache"');
});

function listRules(): string {
  const sections = Object.entries(rulesBySubject).map(([subject, rules]) => {
    const rows = rules.map(({ id, reason, remedy }) => `| \`${id}\` | ${reason} | ${remedy} |`);
    return [`## ${subject}`, "", "| rule | why | what to write |", "| --- | --- | --- |", ...rows].join("\n");
  });
  return sections.join("\n\n");
}

test("the README lists every rule with its reason and its remedy", () => {
  const start = readme.indexOf("<!-- rules -->") + "<!-- rules -->".length;
  expect(readme.slice(start, readme.indexOf("<!-- /rules -->")).trim()).toBe(listRules());
});
