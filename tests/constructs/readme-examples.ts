import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One example of constructs/README.md with what stands below it. */
export interface ReadmeExample {
  readonly title: string;
  readonly imports: string;
  readonly body: string;
  /** Types of resources with their counts. */
  readonly makes: Readonly<Record<string, number>>;
}

const readme = join(import.meta.dirname, "../../constructs/README.md");

export function readExamples(): readonly ReadmeExample[] {
  const text = readFileSync(readme, "utf8");
  return [...text.matchAll(/^### (.+?)\n(.*?)(?=^#{2,3} |(?![\s\S]))/gms)].map(
    ([, title = "", section = ""]) => {
      const code = /```ts\n(.*?)```/s.exec(section)?.[1];
      const makes = /```text\n(.*?)```/s.exec(section)?.[1];
      if (code === undefined || makes === undefined)
        throw new Error(`'${title}' needs an example and what it makes`);
      const lines = code.trimEnd().split("\n");
      const counts = makes
        .trim()
        .split("\n")
        .map((line) => line.split(" "));
      return {
        title,
        imports: lines.filter((line) => line.startsWith("import ")).join("\n"),
        body: lines
          .filter((line) => !line.startsWith("import "))
          .join("\n")
          .trim(),
        makes: Object.fromEntries(counts.map(([type, count]) => [type, Number(count)])),
      };
    },
  );
}

/** A module whose default export declares the example in a stack. `Stack` must be in the imports. */
export function asModule({ imports, body }: ReadmeExample): string {
  const indented = body.split("\n").map((line) => (line === "" ? "" : `  ${line}`));
  return `import type { TerraformStack } from "cdktf";\n${imports}\n\nexport default function declare(stack: TerraformStack): void {\n${indented.join("\n")}\n}\n`;
}

/** What constructs/README.md says that every example stands in. */
export function readFrame(): string {
  const frame = /```ts\n(.*?)```/s.exec(readFileSync(readme, "utf8"))?.[1];
  if (frame === undefined) throw new Error("constructs/README.md has no frame for its examples");
  return frame;
}

/** The frame with a module's example in it, as a program. */
export function inFrame(frame: string, module: string): string {
  const place = "// Here stands what the stack is made of.";
  if (!frame.includes(place)) throw new Error(`The frame of the examples lacks the line '${place}'`);
  return `import declare from "${module}";\n${frame.replace(place, "declare(stack);")}`;
}

/** The folders beside an example that it names. */
export function makeNamedFolders(folder: string): void {
  for (const [name, file] of [
    ["image", "push.mjs"],
    ["page", "page-3f9c2ab8.js"],
    ["programs", "notify.mjs"],
  ] as const) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, file), "// An example\n");
  }
}
