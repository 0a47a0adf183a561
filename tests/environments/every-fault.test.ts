import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "imgstream-faults-"));
const everyFault = pathToFileURL(join(import.meta.dirname, "../../environments/every-fault.ts")).href;
const fault = pathToFileURL(join(import.meta.dirname, "../../environments/fault.ts")).href;

afterAll(() => rmSync(folder, { recursive: true }));

/** What Node itself prints where files with these texts are imported at once: a test runner reads TypeScript otherwise. */
function importAll(texts: Readonly<Record<string, string>>, names: readonly string[]): string {
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  const imports = names.map((name) => `import(${JSON.stringify(pathToFileURL(join(folder, name)).href)})`);
  const program = `const { everyFault } = await import(${JSON.stringify(everyFault)});
    await everyFault([${imports.join(", ")}]).catch((error) =>
      console.log(error.constructor.name + "\\n" + (error instanceof AggregateError ? error.message : error.stack)));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout;
}

const forgotten = "export const facts = {\n  first: 1\n  second: 2,\n};\n";
const faulty = `import { FactsError } from ${JSON.stringify(fault)};\nthrow new FactsError("facts.ts has 1 fault");\n`;

test("a forgotten comma is told with its file and line, and once where every file imports it", () => {
  const alone = importAll({ "a.mts": forgotten, "b.mts": "export {};\n" }, ["a.mts", "b.mts"]);
  expect(alone).toMatch(/^SyntaxError\n.*\/a\.mts:3\n/);
  const imports = 'import "./shared.mts";\n';
  const shared = importAll({ "shared.mts": forgotten, "a.mts": imports, "b.mts": imports }, [
    "a.mts",
    "b.mts",
  ]);
  expect(shared).toMatch(/^SyntaxError\n.*\/shared\.mts:3\n/);
  expect(shared.split("Expected ','")).toHaveLength(2);
});

test("beside faults of facts, which need no stack, it keeps file and line", () => {
  const said = importAll({ "a.mts": faulty, "b.mts": forgotten, "c.mts": "nowhere();\n" }, [
    "a.mts",
    "b.mts",
    "c.mts",
  ]);
  expect(said).toMatch(/^AggregateError\nfacts\.ts has 1 fault\n.*\/b\.mts:3\n/);
  expect(said).toMatch(/ReferenceError: nowhere is not defined\n {4}at .*\/c\.mts:1:1/);
  expect(said).not.toContain("node:internal");
});
