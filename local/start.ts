import { join, relative } from "node:path";
import { PortTakenError } from "./edge/edge.ts";
import { StartFailedError } from "./runner/kept-process.ts";
import { UsageError, readOptions, usage } from "./runner/options.ts";
import { type Product, startProduct } from "./runner/product.ts";

const repository = join(import.meta.dirname, "..");

/** A terminal's Ctrl-C comes twice under npm, which passes its own on. */
const sameAskingMilliseconds = 500;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What a person can act on is said without a stack. */
function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${usage}`;
  if (error instanceof PortTakenError) return sentence(error.message);
  if (error instanceof StartFailedError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return say(usage);
  const options = readOptions(process.argv.slice(2), process.env, repository);
  say("Starting ImgStream…");
  const starting = startProduct({ ...options, repository, say });

  let endingSince: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (endingSince !== undefined) {
        // Asked a second time: at once. The app's processes notice that the runner is gone.
        if (performance.now() - endingSince > sameAskingMilliseconds) process.exit(130);
        return;
      }
      endingSince = performance.now();
      say("Stopping…");
      starting.then(
        (product) => product.close().then(() => process.exit(0)),
        () => process.exit(1),
      );
    });
  }

  const product: Product = await starting;
  if (endingSince !== undefined) return;
  const fromHere = relative(process.cwd(), options.dataFolder);
  say(`
ImgStream is ready:  ${product.origin}

  Data   ${fromHere === "" || fromHere.startsWith("..") ? options.dataFolder : fromHere}
  Stop   Ctrl-C
`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
