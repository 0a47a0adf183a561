import { parseArgs } from "node:util";
import type { Moment } from "../catalog/history/past-catalog.ts";
import { readLocalTime } from "../catalog/local-time.ts";
import { UsageError } from "./terminal.ts";

export const verbs = ["inspect", "verify", "history", "rebuild", "snapshot", "export"] as const;
export type Verb = (typeof verbs)[number];

export interface Request {
  readonly verb: Verb;
  readonly records: string | undefined;
  /** A person's id, or `organisation`. */
  readonly person: string | undefined;
  readonly moment: Moment | undefined;
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
  const moment = momentOf(values);
  const isAboutOne = verb === "history" || verb === "export";
  if (moment !== undefined && !isAboutOne) {
    throw new UsageError(`${verb} takes no --sequence and no --at: it is about the whole log`);
  }
  if (person === undefined && isAboutOne) {
    throw new UsageError(`${verb} needs --person: 'imgstream catalog inspect' shows who there is`);
  }
  return { verb, records, person, moment, isJson: json === true };
}

function momentOf({ sequence, at }: { sequence?: string; at?: string }): Moment | undefined {
  if (sequence !== undefined && at !== undefined) {
    throw new UsageError("give --sequence or --at, not both");
  }
  if (sequence !== undefined) {
    if (!/^\d{1,12}$/.test(sequence)) {
      throw new UsageError(`--sequence must be the number of an entry, from 0, got '${sequence}'`);
    }
    return { sequence: Number(sequence) };
  }
  if (at === undefined) return undefined;
  // Without a zone it would mean another moment on every machine.
  const isTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(at);
  if (!isTime || readLocalTime(at.slice(0, 10)) === undefined || Number.isNaN(Date.parse(at))) {
    throw new UsageError(
      `--at must be a time with its zone like 2026-11-23T08:30:00Z, or a day (its beginning, UTC), got '${at}'`,
    );
  }
  return { at: new Date(at).toISOString() };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        records: { type: "string" },
        person: { type: "string" },
        sequence: { type: "string" },
        at: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${reason}; see 'imgstream --help'`, { cause: error });
  }
}
