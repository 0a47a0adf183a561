import type { FastifyBaseLogger } from "fastify";
import type { Notice, Notify } from "../catalog/protocol/notice.ts";

const messages: Readonly<Record<Notice["kind"], string>> = {
  "snapshot-skipped": "a snapshot of a catalog could not be opened: an older one or the log was taken",
  "upkeep-failed": "a catalog could not be copied: it opens more slowly until the next attempt",
  "view-discarded": "a view of a catalog failed: the next question opens another from the store",
};

/** Do not heal themselves. Their messages name an object and what is wrong with it, nothing that is in it. */
const damageCodes: ReadonlySet<unknown> = new Set(["damaged-log", "newer-entry"]);

/** Whether it says that a catalog's log cannot be read, which somebody has to be told of at once. */
export function isLogDamage(error: unknown): boolean {
  return damageCodes.has(codeOf(error));
}

/**
 * Writes what the catalogs notice into the log: a warning each, and an error where the log itself cannot be read, for
 * upkeep may be the first that comes upon it. What a view fails with may quote what was in its rows; so of any other
 * error only what kind it is, its code and where it arose are written, never its words.
 *
 * @param log asked for at each notice: there is none yet when the catalogs are made, and nothing to notice either
 */
export function logNotices(log: () => Pick<FastifyBaseLogger, "warn" | "error"> | undefined): Notify {
  return (notice) => {
    const { kind, owner, error } = notice;
    const isDamage = isLogDamage(error);
    const fields = {
      notice: kind,
      ...(owner !== "" && { user_id: owner }),
      ...("sequence" in notice && { sequence: notice.sequence }),
      ...(error !== undefined && { err: isDamage ? withoutCause(error) : withoutWords(error) }),
    };
    log()?.[isDamage ? "error" : "warn"](fields, messages[kind]);
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function withoutWords(error: unknown): Error {
  if (!(error instanceof Error)) return describedAs(`thrown ${typeof error}`, "", error);
  return describedAs(kindOf(error.message) ?? nameOf(error), "", error);
}

function withoutCause(error: unknown): unknown {
  return error instanceof Error ? describedAs(nameOf(error), error.message, error) : error;
}

function describedAs(name: string, message: string, error: unknown): Error {
  const code = codeOf(error);
  const told = Object.assign(new Error(message), code !== undefined && { code });
  told.name = name;
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  told.stack = [message === "" ? name : `${name}: ${message}`, ...frames].join("\n");
  return told;
}

function nameOf(error: Error): string {
  return error.name === "Error" ? error.constructor.name : error.name;
}

/** DuckDB begins its messages with one of a few dozen kinds, such as `Out of Memory Error`. */
function kindOf(message: string): string | undefined {
  return /^([A-Z][A-Za-z]*(?: [A-Za-z]+){0,4} Error): /.exec(message)?.[1];
}
