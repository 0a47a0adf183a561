import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

export interface RunnerOptions {
  /** Of the edge; 0 takes a free one. @default 8080 */
  readonly port: number;
  /** Absolute. @default .imgstream in the repository */
  readonly dataFolder: string;
  /** Show every line of the log, not only warnings and errors. @default false */
  readonly isVerbose: boolean;
}

export class UsageError extends Error {
  readonly code = "usage";
}

export const usage = `npm start -- [--port PORT] [--data FOLDER] [--verbose]

  --port PORT     where the page is, 8080 unless told otherwise; 0 takes a free one
  --data FOLDER   where photos, metadata and keys are kept, .imgstream unless told otherwise
                  (the environment variable IMGSTREAM_DATA says the same)
  --verbose       show every line of the log`;

/** @throws UsageError */
export function readOptions(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  repository: string,
): RunnerOptions {
  const { port, data, verbose } = parse(words);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError(`--port is '${port}': expected a number from 0 to 65535`);
  }
  const folder = data ?? environment["IMGSTREAM_DATA"];
  if (folder === "") throw new UsageError("the data folder is empty: expected a path, or leave it away");
  return {
    port: Number(port),
    dataFolder: folder === undefined ? join(repository, ".imgstream") : resolve(folder),
    isVerbose: verbose,
  };
}

function parse(words: readonly string[]): { port: string; data: string | undefined; verbose: boolean } {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        port: { type: "string", default: "8080" },
        data: { type: "string" },
        verbose: { type: "boolean", default: false },
      },
    });
    return { port: values.port, data: values.data, verbose: values.verbose };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
