import { type ProblemKind, ourFault } from "./problem-kind.ts";
import { accessProblems } from "./problems/access-problems.ts";
import { fileProblems } from "./problems/file-problems.ts";
import { logProblems } from "./problems/log-problems.ts";
import { recordProblems } from "./problems/record-problems.ts";
import { requestProblems } from "./problems/request-problems.ts";
import { storeProblems } from "./problems/store-problems.ts";

/**
 * How each code is answered. The errors of the rooms that may reach a reply, each a class with a literal `code`, are
 * named in the files of `problems/`: name yours in one of them, and it does not compile until it says how.
 */
export const problemTable = {
  ...requestProblems,
  ...accessProblems,
  ...fileProblems,
  ...recordProblems,
  ...logProblems,
  ...storeProblems,
  internal: ourFault,
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ErrorCode = keyof typeof problemTable;

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(problemTable, code);
}

export function problemKind(code: ErrorCode): ProblemKind {
  return problemTable[code];
}

/** Stable for ever; not an address to open. */
export function problemType(code: ErrorCode): string {
  return `urn:imgstream:problem:${code}`;
}
