import Module, { createRequire } from "node:module";

/**
 * Has cdktf not read the package `archiver`, an eighth of a synthesis: it zips assets in a process of its own, which
 * reads it then. Call it before cdktf is imported.
 */
export function leaveOutArchiver(): void {
  const require = createRequire(createRequire(import.meta.url).resolve("cdktf"));
  const path = whereIs(require, "archiver");
  // Its fork may do without.
  if (path === undefined) return;
  require.cache[path] ??= Object.assign(new Module(path), { exports: unread, loaded: true });
}

function unread(): never {
  throw new Error(
    "stacks/left-out-archiver.ts keeps 'archiver' out of this process, and cdktf called it here",
  );
}

function whereIs(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
