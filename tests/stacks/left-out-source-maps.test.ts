import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withoutSourceMap } from "../../stacks/left-out-source-maps.ts";

const root = join(import.meta.dirname, "../..");

/** What a process of its own sees of a binding of the provider. */
function readBinding(before: string): unknown {
  const program = `
    import { createRequire, findSourceMap } from "node:module";
    ${before}
    const name = "@cdktf/provider-google/lib/storage-bucket/index.js";
    const binding = await import(name);
    const path = createRequire(import.meta.url).resolve(name);
    console.log(JSON.stringify({
      type: binding.StorageBucket.tfResourceType,
      exports: Object.keys(binding),
      hasMap: findSourceMap(path) !== undefined,
    }));`;
  const words = ["--enable-source-maps", "--input-type=module", "--eval", program];
  return JSON.parse(execFileSync(process.execPath, words, { cwd: root, encoding: "utf8" }));
}

test("a binding is read without its source map, and is otherwise the same", () => {
  const whole = readBinding("");
  expect(whole).toMatchObject({ type: "google_storage_bucket", hasMap: true });
  const lean = readBinding(`
    import { leaveOutSourceMaps } from "./stacks/left-out-source-maps.ts";
    leaveOutSourceMaps();`);
  expect(lean).toEqual({ ...(whole as object), hasMap: false });
});

test.each([
  [
    "a module with a map",
    "exports.a = 1;\n//# sourceMappingURL=data:application/json;base64,e30=",
    "exports.a = 1;",
  ],
  ["a module without", 'exports.a = "é";\n', 'exports.a = "é";\n'],
  ["a map in a file of its own", "exports.a = 1;\n//# sourceMappingURL=a.js.map\n", undefined],
])("of %s stays what runs", (_, text, left) => {
  expect(withoutSourceMap(Buffer.from(text))).toBe(left ?? text);
});
