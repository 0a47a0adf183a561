import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join, sep } from "node:path";
import type { OnResolveArgs } from "esbuild";
import { type LazyRequires, escapeRegExp, fileName, lazyExtension } from "./lazy-requires.ts";

/** What packages in CommonJS `require` at the top of a file and use later, or never. */
export interface LateRequire {
  /** As it is written there: a package, such as `semver`, or a module of Node, such as `node:https`. */
  readonly module: string;
  /** The files that do, as paths in `node_modules`: `fastify/lib/plugin-utils.js`. Others get the module itself. */
  readonly by: readonly string[];
  /** Why it is not needed at once. */
  readonly because: string;
}

/**
 * Puts what loads a module at its first use in the place of the module, for the files that are named. A package
 * becomes a file of its own beside the bundle, read when it is loaded.
 *
 * A file must bind the module as a whole (`const semver = require("semver")`): one that takes it apart uses it at
 * once, and then nothing is won. That, and that each file does require it, is checked.
 */
export function lateRequires(late: readonly LateRequire[]): LazyRequires {
  const byModule = new Map(late.map((one) => [one.module, one]));
  const met = new Set<string>();
  const sources = new Map<string, string>();
  const alreadyAsked = {};

  /** The file as it is named in the list; undefined where this is not one of them. */
  async function namedFile({ path, kind, importer, pluginData }: OnResolveArgs): Promise<string | undefined> {
    if (kind !== "require-call" || pluginData === alreadyAsked) return undefined;
    const place = importer.split(sep).join("/");
    const file = byModule.get(path)?.by.find((name) => place.endsWith(`/node_modules/${name}`));
    if (file === undefined || bindsWhole(await readFile(importer, "utf8"), path)) return file;
    throw new Error(
      `'${file}' does not bind all of '${path}' to one name: take it from the late requires, for it is used at once`,
    );
  }

  return {
    plugin: {
      name: "late-requires",
      setup(build) {
        if (late.length === 0) return;
        const filter = new RegExp(`^(?:${late.map(({ module }) => escapeRegExp(module)).join("|")})$`);
        build.onResolve({ filter }, async (question) => {
          const { path, kind, resolveDir, importer } = question;
          const file = await namedFile(question);
          if (file === undefined) return undefined;
          met.add(key(path, file));
          if (!isBuiltin(path)) {
            const found = await build.resolve(path, { kind, resolveDir, importer, pluginData: alreadyAsked });
            if (found.errors.length > 0) return { errors: found.errors };
            const other = sources.get(path);
            if (other !== undefined && other !== found.path) {
              throw new Error(`'${path}' is there twice, in ${other} and ${found.path}`);
            }
            sources.set(path, found.path);
          }
          return { path, namespace };
        });
        build.onResolve({ filter: /./, namespace }, ({ path }) =>
          path === standIn ? { path, namespace } : { path, external: true },
        );
        build.onLoad({ filter: /./, namespace }, async ({ path }) => {
          if (path === standIn) {
            const contents = await readFile(join(import.meta.dirname, "late-module.ts"), "utf8");
            return { contents, loader: "ts" };
          }
          const source = isBuiltin(path) ? path : `./${fileName(path)}${lazyExtension}`;
          const kind = /^(?:node:)?assert$/.test(path) ? "lateAssert" : "lateModule";
          return {
            contents: `module.exports = require("${standIn}").${kind}(() => require("${source}"));`,
            loader: "js",
          };
        });
      },
    },
    entries() {
      for (const { module, by, because } of late) {
        for (const file of by) {
          if (met.has(key(module, file))) continue;
          throw new Error(
            `nothing that is bundled requires '${module}' in '${file}': take it from the late requires (${because})`,
          );
        }
      }
      return Object.fromEntries([...sources].map(([name, source]) => [fileName(name), source]));
    },
  };
}

const namespace = "late-requires";
const standIn = "late-module";

function key(module: string, file: string): string {
  return `${module} in ${file}`;
}

function bindsWhole(text: string, module: string): boolean {
  const required = `require\\((['"])${escapeRegExp(module)}\\1\\)`;
  return new RegExp(`^(?:const|let|var) [\\w$]+ = ${required};?$`, "m").test(text);
}
