import { isDeepStrictEqual } from "node:util";
import type { Row } from "../protocol/tables.ts";
import { EntryOvertakenError } from "./undo-errors.ts";

/** Names of the columns in which the two are not the same. */
export function differing(one: Row, other: Row, names: readonly string[]): string[] {
  return names.filter((name) => !isDeepStrictEqual(one[name], other[name]));
}

/** @throws EntryOvertakenError when the row has not what the entry left in these columns */
export function checkUnchanged(
  sequence: number,
  what: string,
  { key, row, after, names }: { key: string; row: Row; after: Row; names: readonly string[] },
): void {
  const [name] = differing(row, after, names);
  if (name === undefined) return;
  throw new EntryOvertakenError(sequence, key, `${what} has another '${name}' since`);
}
