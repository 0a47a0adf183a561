import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { removableOf } from "./removable.ts";
import type { RemovedRule } from "./removed-rule.ts";
import type { Story } from "./run-seeds.ts";

export const usage = `npm run simulate -- [options]

  --seeds N          how many runs (default 100)
  --first-seed S     the first one's seed, the others follow (default 1)
  --story catalog|accounts  catalogs of people and of the organisation (default), or how accounts end and begin anew
  --on memory|duckdb what views are made of (default memory); duckdb for catalogs with all rules
  --without TEXT     take out the rules whose names contain the text, each by itself; --without "" takes out every one
  --jobs N           processes that share the work (default one for each core); what is printed is the same
  --json             one JSON object a line

A seed reproduces its run exactly: --seeds 1 --first-seed S. Ends with 0 when all is as expected, 1 when it is not, and 2 when
it was asked for what there is not.`;

export interface SimulationOptions {
  readonly seeds: number;
  readonly firstSeed: number;
  readonly story: Story;
  readonly on: "memory" | "duckdb";
  /** Rules to be taken out, each by itself. @default none: the simulation as it is */
  readonly without?: readonly RemovedRule[];
  readonly jobs: number;
  readonly isJson: boolean;
}

/** What was asked for makes no sense; the message says why. */
export class OptionError extends Error {}

/** So many that their shares still fit into memory. */
const mostSeeds = 10_000_000;

/**
 * @returns undefined where help was asked for
 * @throws OptionError
 */
export function readOptions(words: readonly string[]): SimulationOptions | undefined {
  const values = parse(words);
  if (values.help) return undefined;
  const { on, story, without } = values;
  if (story !== "catalog" && story !== "accounts") {
    throw new OptionError(`--story must be catalog or accounts, got '${story}'`);
  }
  if (on !== "memory" && on !== "duckdb") throw new OptionError(`--on must be memory or duckdb, got '${on}'`);
  if (on === "duckdb" && (story === "accounts" || without !== undefined)) {
    throw new OptionError(
      "--on duckdb is for catalogs with all rules: accounts and --without are simulated in memory",
    );
  }
  return {
    seeds: wholeNumber("seeds", values.seeds, 1, mostSeeds),
    firstSeed: wholeNumber("first-seed", values["first-seed"], 0, 2 ** 52),
    story,
    on,
    ...(without !== undefined && { without: rulesNamed(without, story) }),
    jobs: wholeNumber("jobs", values.jobs, 1, 1000),
    isJson: values.json,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        seeds: { type: "string", default: "100" },
        "first-seed": { type: "string", default: "1" },
        story: { type: "string", default: "catalog" },
        on: { type: "string", default: "memory" },
        without: { type: "string" },
        jobs: { type: "string", default: String(availableParallelism()) },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new OptionError(`--${name} must be a whole number from ${least} to ${most}, got '${text}'`);
}

function rulesNamed(text: string, story: Story): readonly RemovedRule[] {
  const rules = removableOf[story].filter(({ name }) => name.includes(text));
  if (rules.length > 0) return rules;
  throw new OptionError(`no rule of ${story} has '${text}' in its name`);
}
