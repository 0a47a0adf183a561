import Module, { createRequire } from "node:module";
import { lateModule } from "../image/late-module.ts";

/**
 * What cdktf reads at its start, in half a hundred files, and hardly ever uses: `archiver` zips assets in a process of
 * its own, which reads it then, and `semver` compares versions of Terraform where a resource moves.
 */
const latePackages = ["archiver", "semver"] as const;

/** Has cdktf read these packages when it first uses them, if ever. Call it before cdktf is imported. */
export function readPackagesLate(): void {
  const require = createRequire(createRequire(import.meta.url).resolve("cdktf"));
  for (const name of latePackages) {
    const path = whereIs(require, name);
    // Its fork may do without.
    if (path === undefined) continue;
    require.cache[path] ??= Object.assign(new Module(path), {
      exports: lateModule(() => {
        delete require.cache[path];
        return require(path);
      }),
      loaded: true,
    });
  }
}

function whereIs(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
