import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** What each room may import besides itself; `app/runtime-contract.ts` is the one door of `app/`. */
const allowed: Record<string, readonly string[]> = {
  environments: [],
  constructs: [],
  image: [],
  monitoring: ["constructs"],
  stacks: ["environments", "constructs", "monitoring", "image", "app/runtime-contract.ts"],
  app: [],
  local: ["image", "app/runtime-contract.ts"],
  packages: ["constructs"],
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

/** Every import, re-export and dynamic import of a source text, type-only ones included. */
function importSpecifiers(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  const pattern =
    /\b(?:import|export)\b[^;'"`]*?\bfrom\s*["']([^"']+)["']|\bimport\s*\(\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']/gm;
  return [...code.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

function findFaults(imports: readonly Import[]): string[] {
  const faults: string[] = [];
  for (const { file, specifier } of imports) {
    const room = file.split("/")[0] ?? "";
    const mayImport = allowed[room];
    if (mayImport === undefined || !specifier.startsWith(".")) continue;
    const target = normalize(join(dirname(file), specifier));
    if (target.startsWith(`${room}/`)) continue;
    if (mayImport.some((door) => target === door || target.startsWith(`${door}/`))) continue;
    faults.push(`${file} imports ${target}: ${room}/ may import ${["itself", ...mayImport].join(", ")}`);
  }
  return faults;
}

const sources = globSync(
  "{environments,constructs,image,monitoring,stacks,app,local,packages}/**/*.{ts,tsx,mts}",
  {
    cwd: root,
    exclude: (name) => name === "node_modules" || name === "dist",
  },
).map((file) => ({ file, specifiers: importSpecifiers(readFileSync(join(root, file), "utf8")) }));

test("rooms import only in the agreed directions", () => {
  expect(sources.length).toBeGreaterThan(3);
  const imports = sources.flatMap(({ file, specifiers }) =>
    specifiers.map((specifier) => ({ file: file.replaceAll("\\", "/"), specifier })),
  );
  expect(findFaults(imports)).toEqual([]);
});

test("the app imports only packages that its own manifest names", () => {
  const manifest = JSON.parse(readFileSync(join(root, "app/package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const faults = sources
    .filter(({ file }) => file.startsWith("app/"))
    .flatMap(({ file, specifiers }) =>
      specifiers
        .filter((specifier) => !/^(\.|node:)/.test(specifier))
        .map((specifier) => specifier.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? specifier)
        .filter((name) => !(name in manifest.dependencies))
        .map((name) => `${file} imports ${name}, which app/package.json does not name`),
    );
  expect(faults).toEqual([]);
});

test.each([
  ["app/server.ts", "../stacks/main.ts"],
  ["app/catalog/view.ts", "../../constructs/secret.ts"],
  ["constructs/edge/cdn-bucket.ts", "../../environments/dev.ts"],
  ["constructs/secret.ts", "../app/runtime-contract.ts"],
  ["environments/dev.ts", "../constructs/labels.ts"],
  ["image/layer.ts", "../app/runtime-contract.ts"],
  ["monitoring/alerts.ts", "../stacks/main.ts"],
  ["stacks/main.ts", "../app/server.ts"],
  ["local/start.ts", "../app/main.ts"],
  ["local/edge/cdn.ts", "../../constructs/labels.ts"],
  ["packages/pack.ts", "../stacks/main.ts"],
])("%s may not import %s", (file, specifier) => {
  expect(findFaults([{ file, specifier }])).toHaveLength(1);
});

test.each([
  ["stacks/main.ts", "../app/runtime-contract.ts"],
  ["stacks/parts/edge.ts", "../../constructs/labels.ts"],
  ["local/start.ts", "../image/bundle.ts"],
  ["app/http/limits.ts", "../config.ts"],
])("%s may import %s", (file, specifier) => {
  expect(findFaults([{ file, specifier }])).toEqual([]);
});

test("imports are found in every form", () => {
  const source = `
    import a from "./a.ts";
    import type { B } from "./b.ts";
    export { c } from './c.ts';
    import "./d.ts";
    const e = await import("./e.ts");
    import {
      f,
    } from "./f.ts";
    // import g from "./g.ts";
    /* import h from "./h.ts"; */
  `;
  expect(importSpecifiers(source)).toEqual(["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./e.ts", "./f.ts"]);
});
