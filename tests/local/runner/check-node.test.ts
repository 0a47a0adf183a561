import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";

const source = readFileSync(join(import.meta.dirname, "../../../local/runner/check-node.cjs"), "utf8");

function runUnder(version: string) {
  const said: string[] = [];
  const exits: number[] = [];
  runInNewContext(source, {
    console: { error: (text: string) => said.push(text) },
    process: {
      versions: { node: version },
      execPath: "/usr/bin/node",
      exit: (code: number) => exits.push(code),
    },
  });
  return { said: said.join("\n"), exits };
}

test("an old Node is refused in words that say which one is there and which is needed", () => {
  const { said, exits } = runUnder("20.19.1");
  expect(said).toContain("needs Node 24 or newer; this is Node 20.19.1 (/usr/bin/node)");
  expect(exits).toEqual([1]);
});

test.each(["24.0.0", "25.1.0", "100.0.0"])("Node %s is taken without a word", (version) => {
  expect(runUnder(version)).toEqual({ said: "", exits: [] });
});

test("the check itself can be read by an old Node", () => {
  expect(source).not.toMatch(/\?\.|\?\?|\bimport\b.*from/);
});
