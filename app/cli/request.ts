import { parseArgs } from "node:util";
import { UsageError } from "./terminal.ts";

export const verbs = ["inspect", "verify"] as const;
export type Verb = (typeof verbs)[number];

export interface Request {
  readonly verb: Verb;
  readonly records: string | undefined;
  /** A person's id, or `organisation`. */
  readonly person: string | undefined;
  readonly isJson: boolean;
}

/**
 * @returns undefined where help was asked for
 * @throws UsageError
 */
export function parseRequest(words: readonly string[]): Request | undefined {
  const { values, positionals } = parse(words);
  if (values.help === true || positionals.length === 0) return undefined;
  const [noun, verbWord, ...rest] = positionals;
  const verb = verbs.find((known) => known === verbWord);
  if (noun !== "catalog" || verb === undefined || rest.length > 0) {
    throw new UsageError(
      `expected 'catalog' and one of ${verbs.join(", ")}, got '${positionals.join(" ")}': see 'imgstream --help'`,
    );
  }
  const { records, person, json } = values;
  if (person !== undefined && !/^[A-Za-z0-9-]{1,100}$/.test(person)) {
    throw new UsageError(`--person must be an id as 'imgstream catalog inspect' shows it, got '${person}'`);
  }
  return { verb, records, person, isJson: json === true };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        records: { type: "string" },
        person: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${reason}; see 'imgstream --help'`, { cause: error });
  }
}
