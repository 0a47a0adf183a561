import { basename } from "node:path";
import type { Plugin } from "esbuild";

/** What packages in CommonJS `require` only when they need it, to be files of their own beside the bundle. */
export interface LazyRequires {
  /** Leaves those requires in place, as requires of the files that are named after the packages. */
  readonly plugin: Plugin;
  /**
   * The files to bundle: name without its extension → source.
   *
   * @throws Error when nothing requires one of the packages
   */
  entries(): Readonly<Record<string, string>>;
}

export const lazyExtension = ".cjs";

/**
 * A bundler can split what is imported by `import()`, and not what is required in the middle of a function: that
 * comes to lie in the first file that is read, whether it is ever needed or not.
 *
 * @param packages such as `light-my-request`; paths inside of a package are not meant
 */
export function lazyRequires(packages: readonly string[]): LazyRequires {
  const sources = new Map<string, string>();
  const alreadyAsked = {};
  return {
    plugin: {
      name: "lazy-requires",
      setup(build) {
        // Exactly these, so that esbuild asks for nothing else: each question takes its time.
        const filter = new RegExp(`^(?:${packages.map(escapeRegExp).join("|")})$`);
        build.onResolve({ filter }, async ({ path, kind, resolveDir, importer, pluginData }) => {
          if (kind !== "require-call" || pluginData === alreadyAsked) return;
          const found = await build.resolve(path, { kind, resolveDir, importer, pluginData: alreadyAsked });
          if (found.errors.length > 0) return { errors: found.errors };
          const other = sources.get(path);
          if (other !== undefined && other !== found.path) {
            return { errors: [{ text: `'${path}' is there twice, in ${other} and ${found.path}` }] };
          }
          sources.set(path, found.path);
          return { path: `./${fileName(path)}${lazyExtension}`, external: true };
        });
      },
    },
    entries: () =>
      Object.fromEntries(
        packages.map((name) => {
          const source = sources.get(name);
          if (source === undefined) {
            throw new Error(`nothing that is bundled requires '${name}': take it from the lazy packages`);
          }
          return [fileName(name), source];
        }),
      ),
  };
}

/** `@fastify/ajv-compiler` → `lazy-ajv-compiler` */
export function fileName(name: string): string {
  return `lazy-${basename(name)}`;
}

export function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
