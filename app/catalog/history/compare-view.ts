import { isDeepStrictEqual } from "node:util";
import { type Row, type Tables, keyOf } from "../protocol/tables.ts";

/** A table of which the view holds something else than the log. */
export interface Difference {
  readonly table: string;
  readonly rowsInView: number;
  readonly rowsInLog: number;
  /** Rows of one key that are not alike, and those that only one of both has. */
  readonly different: number;
}

type Contents = Readonly<Record<string, readonly Row[]>>;

/** Holds every row of a view against what the log of the same entries amounts to. */
export function compareView(tables: Tables, view: Contents, log: Contents): readonly Difference[] {
  return Object.entries(tables).flatMap(([table, description]) => {
    const inView = new Map((view[table] ?? []).map((row) => [keyOf(row, description), row]));
    const inLog = new Map((log[table] ?? []).map((row) => [keyOf(row, description), row]));
    const keys = new Set([...inView.keys(), ...inLog.keys()]);
    const different = [...keys].filter((key) => !isDeepStrictEqual(inView.get(key), inLog.get(key))).length;
    return different === 0 ? [] : [{ table, rowsInView: inView.size, rowsInLog: inLog.size, different }];
  });
}
