import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { environments } from "../../environments/index.ts";
import { alertsOf } from "../../monitoring/alerts.ts";
import { PhotoPlatformStack } from "../../stacks/photo-platform-stack.ts";
import { synthesise } from "../stacks/plan-json.ts";
import { needsPromtool, promtool, skipsPromtool } from "./promtool.ts";
import { instruments, watched } from "./watched.ts";

const folder = join(import.meta.dirname, "../../docs/runbooks");
const runbooks = globSync("*.md", { cwd: folder })
  .filter((file) => file !== "README.md")
  .toSorted()
  .map((file) => ({ name: basename(file, ".md"), text: readFileSync(join(folder, file), "utf8") }));

/** Cloud Billing watches budgets: there is a runbook, and no alert policy. */
const withoutAlert = ["budget"];

test("every alert has a runbook, and every runbook an alert", () => {
  const wanted = new Set(alertsOf(watched, instruments).map(({ id, runbook = id }) => runbook));
  expect(runbooks.map(({ name }) => name)).toEqual([...wanted, ...withoutAlert].toSorted());
});

test("the list of runbooks names every one", () => {
  const list = readFileSync(join(folder, "README.md"), "utf8");
  const named = [...list.matchAll(/\]\(([a-z-]+)\.md\)/g)].map((match) => match[1] ?? "");
  expect(named.toSorted()).toEqual(runbooks.map(({ name }) => name));
});

describe.each(runbooks)("$name", ({ text }) => {
  test("says what it means, likely causes, what to look at and how to mend it", () => {
    const headings = [...text.matchAll(/^#+ .*$/gm)].map(([heading]) => heading).slice(1);
    expect(headings).toEqual(["## What it means", "## Likely causes", "## Look at", "## Mend"]);
  });

  test("gives queries or commands to look with", () => {
    expect(text.slice(text.indexOf("## Look at")).match(/```/g)?.length ?? 0).toBeGreaterThanOrEqual(2);
  });

  test("links only to runbooks that are there", () => {
    const linked = [...text.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? "");
    const known = runbooks.map(({ name }) => `${name}.md`);
    expect(linked.filter((target) => !known.includes(target))).toEqual([]);
  });
});

test("the names of resources in runbooks are those of the stack", () => {
  const { json } = synthesise((app) => new PhotoPlatformStack(app, "production", environments.production));
  const named = new Set(runbooks.flatMap(({ text }) => text.match(/\bimgstream[-_][a-z_-]+[a-z]/g) ?? []));
  expect(named.size).toBeGreaterThan(4);
  const unknown = [...named].filter((name) => !json.includes(`"${name}"`));
  expect(unknown).toEqual([]);
});

test.skipIf(skipsPromtool)(`queries in runbooks are valid (${needsPromtool})`, () => {
  const queries = runbooks.flatMap(({ name, text }) =>
    [...text.matchAll(/```\n([^`]*)```/g)]
      .map((match) => (match[1] ?? "").trim())
      .filter((code) => code.includes("monitored_resource="))
      .map((expr) => ({ record: name.replaceAll("-", "_"), expr, labels: { query: expr } })),
  );
  expect(queries.length).toBeGreaterThan(15);
  const { output } = promtool(["check", "rules", "rules.json"], {
    "rules.json": { groups: [{ name: "runbooks", rules: queries }] },
  });
  expect(output).toContain(`SUCCESS: ${queries.length} rules found`);
});
