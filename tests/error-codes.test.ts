import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { problemTable } from "../app/http/problem-table.ts";

const root = join(import.meta.dirname, "..");

test("every code that a class of the app has is in the table", () => {
  const codes = globSync("app/**/*.ts", { cwd: root, exclude: (name) => name === "node_modules" })
    .flatMap((file) => [...readFileSync(join(root, file), "utf8").matchAll(/readonly code = "([^"]+)"/g)])
    .map((match) => match[1] ?? "");
  expect(codes.length).toBeGreaterThan(5);
  const unanswered = [
    // Raised while a process starts, or by a mistake in the code: nobody's reply, or a plain 500.
    "config-invalid",
    "data-folder-in-use",
    // A cause of others.
    "deadline-exceeded",
    "store-unusable",
    "folder-busy",
    "invalid-object-name",
  ];
  const missing = codes.filter((code) => !Object.hasOwn(problemTable, code) && !unanswered.includes(code));
  expect(missing).toEqual([]);
});
