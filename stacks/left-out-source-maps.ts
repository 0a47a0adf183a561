import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

const bindings = /\/node_modules\/@cdktf\/provider-[\w-]+\/lib\/.*\.js$/;
const mapMark = "\n//# sourceMappingURL=data:";

/**
 * Has Node read the provider's bindings without the source maps within them, a tenth of a synthesis: they are seven
 * of ten bytes, and Node would keep them among what it compiled as well. Nor does Node have to find out what kind of
 * modules they are. Call it before the bindings are imported.
 */
export function leaveOutSourceMaps(): void {
  registerHooks({
    load(url, context, nextLoad) {
      if (!bindings.test(url)) return nextLoad(url, context);
      return {
        format: "commonjs",
        source: withoutSourceMap(readFileSync(fileURLToPath(url))),
        shortCircuit: true,
      };
    },
  });
}

/** The text of a module up to the source map that ends it, if one does. */
export function withoutSourceMap(bytes: Buffer): string {
  const end = bytes.lastIndexOf(mapMark);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}
