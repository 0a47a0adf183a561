import Module, { createRequire } from "node:module";

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
      exports: standIn(require, path),
      loaded: true,
    });
  }
}

/** Stands for what a package exports, a function or an object of functions, until one of them is wanted. */
function standIn(require: NodeJS.Require, path: string): object {
  const read = (): object => {
    delete require.cache[path];
    const exports: unknown = require(path);
    if (typeof exports !== "function" && (typeof exports !== "object" || exports === null)) {
      throw new TypeError(`'${path}' was to be read late, and exports ${typeof exports}`);
    }
    return exports;
  };
  let exports: object | undefined;
  return new Proxy((...words: readonly unknown[]): unknown => words, {
    get: (_, name) => Reflect.get((exports ??= read()), name),
    apply(_, self, words) {
      exports ??= read();
      if (typeof exports !== "function") throw new TypeError(`'${path}' is no function`);
      return Reflect.apply(exports, self, words);
    },
  });
}

function whereIs(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
