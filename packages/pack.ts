/**
 * `npm run pack`: compiles what others install and packs it into `dist/`. Node runs TypeScript only outside
 * `node_modules`, so a package carries JavaScript and declarations, and a manifest of its own.
 */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const built = join(root, "dist/packages/imgstream");
const target = process.argv[2] ?? join(root, "dist");

rmSync(built, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
execFileSync(process.execPath, [compiler, "-p", "packages/imgstream"], { cwd: root, stdio: "inherit" });
for (const file of globSync("**/*.d.{ts,mts}", { cwd: built })) nameCompiledFiles(join(built, file));
cpSync(join(root, "packages/imgstream/package.json"), join(built, "package.json"));
cpSync(join(root, "constructs/README.md"), join(built, "README.md"));
cpSync(join(root, "constructs/rules/README.md"), join(built, "rules/README.md"));
cpSync(join(root, "LICENSE"), join(built, "LICENSE"));
const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", target], {
  cwd: built,
  encoding: "utf8",
});
console.log(join(target, packed.trim()));

/** The compiler renames imports in JavaScript only; older compilers of others refuse `.ts` in a declaration. */
function nameCompiledFiles(file: string): void {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replaceAll(/(from "\.[^"]*)\.(m?)ts"/g, '$1.$2js"'));
}
