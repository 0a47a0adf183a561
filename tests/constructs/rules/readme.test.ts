import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rulesBySubject } from "../../../constructs/rules/index.ts";

const readme = readFileSync(join(import.meta.dirname, "../../../constructs/rules/README.md"), "utf8");

function listRules(): string {
  const sections = Object.entries(rulesBySubject).map(([subject, rules]) => {
    const rows = rules.map(({ id, reason, remedy }) => `| \`${id}\` | ${reason} | ${remedy} |`);
    return [`## ${subject}`, "", "| rule | why | what to write |", "| --- | --- | --- |", ...rows].join("\n");
  });
  return sections.join("\n\n");
}

test("the README lists every rule with its reason and its remedy", () => {
  const listed = readme.slice(
    readme.indexOf("<!-- rules -->") + "<!-- rules -->".length,
    readme.indexOf("<!-- /rules -->"),
  );
  expect(listed.trim()).toBe(listRules());
});
