import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { type BuildOptions, type BuildResult, type Metafile, build } from "esbuild";
import { type LateRequire, lateRequires } from "./late-requires.ts";
import { lazyExtension, lazyRequires } from "./lazy-requires.ts";

/** One file of a bundle, in memory. */
export interface BundledFile {
  /** Relative to the bundle's folder, with `/` between parts. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface PageOptions {
  /** Holds `index.html`; every `src` or `href` in it that begins with `./` is an entry to bundle. */
  readonly sourceFolder: string;
  /**
   * Folder that both the sources and their packages lie under, usually the repository's. Names in the output
   * are relative to it, so that a checkout elsewhere gives the same bytes.
   */
  readonly rootFolder: string;
}

export interface ServerOptions {
  readonly rootFolder: string;
  /** Name of the output without its extension `.mjs` → source file, such as `{ main: "…/app/main.ts" }`. */
  readonly entries: Readonly<Record<string, string>>;
  /**
   * Packages that stay imports and must lie in a `node_modules` beside or above the output: those with native
   * code. Their own sub-paths are left out as well.
   */
  readonly externalPackages: readonly string[];
  /**
   * Packages that others, in CommonJS, require in the middle of a function and that hardly any process needs: each
   * becomes a file of its own, read when it is required. @default none
   */
  readonly lazyPackages?: readonly string[];
  /** What others, in CommonJS, require at the top of a file and use later, or never. @default none */
  readonly lateRequires?: readonly LateRequire[];
}

/**
 * Bundles a web page: `index.html`, and under `assets/` minified files named by their content, which may be
 * cached forever. The page refers to them as `/assets/…`. What a script imports lazily is a file of its own.
 *
 * The same sources give the same bytes whatever the folder, the time zone and the umask.
 *
 * @returns files in ascending order of their path
 * @throws Error when `index.html` refers to nothing, or when the sources do not compile
 */
export async function bundlePage({ sourceFolder, rootFolder }: PageOptions): Promise<BundledFile[]> {
  const page = await readFile(join(sourceFolder, "index.html"), "utf8");
  const references = [...new Set([...page.matchAll(referencePattern)].map((match) => match[2] ?? ""))];
  if (references.length === 0) {
    throw new Error(
      `${join(sourceFolder, "index.html")} refers to no file: expected at least one src or href that begins with './', such as <script type="module" src="./main.tsx">`,
    );
  }
  const root = resolve(rootFolder);
  const result = await bundle({
    absWorkingDir: root,
    entryPoints: references.map((reference) => resolve(sourceFolder, reference)),
    entryNames: "assets/[name]-[hash]",
    chunkNames: "assets/[name]-[hash]",
    assetNames: "assets/[name]-[hash]",
    publicPath: "/",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    legalComments: "eof",
    loader: { ".svg": "copy", ".png": "copy", ".woff2": "copy", ".webmanifest": "copy" },
  });
  const entries = new Set(references.map((reference) => resolve(sourceFolder, reference)));
  const addresses = new Map(
    Object.entries(result.metafile.outputs)
      .map(
        ([output, { entryPoint }]) =>
          [resolve(root, entryPoint ?? ""), `/${outputPath(root, output)}`] as const,
      )
      .filter(([source]) => entries.has(source)),
  );
  const html = page.replaceAll(referencePattern, (_match, attribute: string, reference: string) => {
    const address = addresses.get(resolve(sourceFolder, reference));
    if (address === undefined) throw new Error(`esbuild wrote nothing for '${reference}' of index.html`);
    return `${attribute}="${address}"`;
  });
  const finished = html.replace("</head>", () => `${preloads(result, root, addresses)}</head>`);
  return sorted([
    { path: "index.html", bytes: new TextEncoder().encode(finished) },
    ...outputFiles(result, root),
  ]);
}

/**
 * Bundles the server's entries as ECMAScript modules for Node 24, all in one folder, code that they share and
 * code that they load lazily in files of its own. Names of functions stay as written, so that a stack trace can
 * be read; licences of what is bundled lie beside it as `*.LEGAL.txt`.
 *
 * The same sources give the same bytes whatever the folder, the time zone and the umask.
 *
 * @returns files in ascending order of their path
 */
export async function bundleServer(options: ServerOptions): Promise<BundledFile[]> {
  const root = resolve(options.rootFolder);
  const lazy = [lazyRequires(options.lazyPackages ?? []), lateRequires(options.lateRequires ?? [])];
  const common: BuildOptions = {
    absWorkingDir: root,
    platform: "node",
    target: "node24",
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "external",
    define: { "process.env.NODE_ENV": '"production"' },
    external: options.externalPackages.flatMap((name) => [name, `${name}/*`]),
    plugins: lazy.map(({ plugin }) => plugin),
  };
  const result = await bundle({
    ...common,
    entryPoints: Object.entries(options.entries).map(([out, source]) => ({ in: resolve(source), out })),
    // Everything in one folder: `import.meta.dirname` is then the same in every file, as before the split.
    chunkNames: "[name]-[hash]",
    // Modules whatever the nearest package.json says of `.js`.
    outExtension: { ".js": ".mjs" },
  });
  const required = await bundle({
    ...common,
    entryPoints: lazy
      .flatMap((one) => Object.entries(one.entries()))
      .map(([out, source]) => ({ in: source, out })),
    format: "cjs",
    splitting: false,
    outExtension: { ".js": lazyExtension },
  });
  return sorted([...outputFiles(result, root).map(withCommonNames), ...outputFiles(required, root)]);
}

/** Writes a bundle into a folder that need not exist. Files get mode 0644, folders 0755, whatever the umask. */
export async function writeBundle(files: readonly BundledFile[], folder: string): Promise<void> {
  for (const { path, bytes } of files) {
    const file = join(folder, path);
    const parent = dirname(file);
    await mkdir(parent, { recursive: true });
    await chmod(parent, 0o755);
    await writeFile(file, bytes);
    await chmod(file, 0o644);
  }
}

type Result = BuildResult<{ write: false; metafile: true }>;

/** `src="./main.tsx"`, `href="./styles/main.css"` */
const referencePattern = /\b(src|href)="(\.\/[^"]+)"/g;

function bundle(options: BuildOptions): Promise<Result> {
  return build({
    format: "esm",
    splitting: true,
    ...options,
    outdir: join(options.absWorkingDir ?? "", outputFolder),
    bundle: true,
    charset: "utf8",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
}

/** Nothing is written there: esbuild wants a name to make paths relative to. */
const outputFolder = "bundled-output";

function outputPath(root: string, output: string): string {
  return relative(join(root, outputFolder), resolve(root, output)).split(sep).join("/");
}

function outputFiles(result: Result, root: string): BundledFile[] {
  return result.outputFiles
    .filter(({ path, contents }) => contents.length > 0 || !path.endsWith(".LEGAL.txt"))
    .map(({ path, contents }) => ({ path: outputPath(root, path), bytes: contents }));
}

/** Lets the browser fetch at once what the page's own files import, instead of after having read them. */
function preloads({ metafile }: Result, root: string, addresses: ReadonlyMap<string, string>): string {
  const needed = new Set<string>();
  const follow = (output: Metafile["outputs"][string]): void => {
    for (const { path, kind, external } of output.imports) {
      const target = metafile.outputs[path];
      if (kind !== "import-statement" || external === true || target === undefined || needed.has(path))
        continue;
      needed.add(path);
      follow(target);
    }
  };
  for (const output of Object.values(metafile.outputs)) {
    if (output.entryPoint !== undefined && addresses.has(resolve(root, output.entryPoint))) follow(output);
  }
  return [...needed]
    .toSorted()
    .map((path) => `<link rel="modulepreload" href="/${outputPath(root, path)}">`)
    .join("");
}

/**
 * Packages in CommonJS ask for Node's own modules with `require`, and where they are, which modules do not have. To
 * make them takes a while: only files that name one of them get them.
 */
function withCommonNames(file: BundledFile): BundledFile {
  const text = new TextDecoder().decode(file.bytes);
  if (!file.path.endsWith(".mjs") || !/\b(?:require|__dirname|__filename)\b/.test(text)) return file;
  return { ...file, bytes: new TextEncoder().encode(`${commonNames}${text}`) };
}

const commonNames =
  'import { createRequire as requireFor } from "node:module"; const require = requireFor(import.meta.url), __dirname = import.meta.dirname, __filename = import.meta.filename;\n';

function sorted(files: readonly BundledFile[]): BundledFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
