import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Mends `cdktf synth --hcl`, the last way out of cdktf: it does not escape what stands around a reference, so
 * that a filter with a name in quotes ends early. Does nothing where JSON was written.
 */
export function repairHclOf(outdir: string, stacks: readonly string[]): void {
  for (const stack of stacks) {
    const file = join(outdir, "stacks", stack, "cdk.tf");
    if (existsSync(file)) writeFileSync(file, repairHcl(readFileSync(file, "utf8")));
  }
}

/** Escapes the texts with references, line by line; here-documents need none and are left alone. */
export function repairHcl(text: string): string {
  let isHereDocument = false;
  return text
    .split("\n")
    .map((line) => {
      if (isHereDocument) {
        isHereDocument = line !== "EOF";
        return line;
      }
      isHereDocument = line.endsWith("<<EOF");
      const [, before, content, after] = /^(\s*(?:[^\s"]+ = )?)"(.*\$\{.*)"(,?)$/.exec(line) ?? [];
      return content === undefined ? line : `${before}"${escapeAroundReferences(content)}"${after}`;
    })
    .join("\n");
}

function escapeAroundReferences(content: string): string {
  let escaped = "";
  for (let at = 0, depth = 0; at < content.length; at += 1) {
    const character = content[at] ?? "";
    if (content.startsWith("${", at)) depth += 1;
    else if (depth > 0 && character === "}") depth -= 1;
    escaped += depth === 0 && (character === '"' || character === "\\") ? `\\${character}` : character;
  }
  return escaped;
}
