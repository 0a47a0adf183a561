/**
 * Tables of a view, described once for every engine. In TypeScript and in log entries names are camelCase, as
 * DuckDB's columns snake_case.
 */
export type ColumnType =
  | "text"
  | "texts"
  | "integer"
  | "bigint"
  | "double"
  | "boolean"
  /** A moment, `2026-11-23T08:30:00.000Z`. */
  | "time"
  /** A camera's clock without a zone, `2015-09-08T11:02:17`. */
  | "local-time"
  | "json";

interface TypeOfColumn {
  readonly text: string;
  readonly texts: readonly string[];
  readonly integer: number;
  readonly bigint: number;
  readonly double: number;
  readonly boolean: boolean;
  readonly time: string;
  readonly "local-time": string;
  readonly json: Readonly<Record<string, unknown>>;
}

export type Value = TypeOfColumn[ColumnType] | null;

export interface Column<T extends ColumnType = ColumnType, N extends boolean = boolean> {
  readonly type: T;
  readonly nullable: N;
}

export interface Table {
  /** The column that tells rows apart. The view has no index of it: uniqueness is the writer's check. */
  readonly key: string;
  readonly columns: Readonly<Record<string, Column>>;
  /** A column of times: most questions are about the latest, so snapshots have these rows first. */
  readonly newestFirst?: string;
}

export type Tables = Readonly<Record<string, Table>>;

export type Row = Readonly<Record<string, Value>>;

type ValueOf<C extends Column> =
  C extends Column<infer T, infer N> ? TypeOfColumn[T] | (N extends true ? null : never) : never;

/** The greatest number in a column of those rows that have this value in another, or `least` where that is greater. */
export function greatestAmong(
  rows: Iterable<Row | null>,
  {
    number,
    column: where,
    value,
  }: { readonly number: string; readonly column: string; readonly value: string },
  least: number | undefined,
): number | undefined {
  let greatest = least;
  for (const row of rows) {
    const given = row?.[number];
    if (row?.[where] !== value || typeof given !== "number") continue;
    greatest = greatest === undefined ? given : Math.max(greatest, given);
  }
  return greatest;
}

/** @throws TypeError when it is not text. */
export function keyOf(row: Row, table: Table | undefined): string {
  const key = table && row[table.key];
  if (typeof key === "string") return key;
  throw new TypeError(`a row needs text as its key, got ${JSON.stringify(key)}`);
}

export type RowOf<T extends Table> = { readonly [C in keyof T["columns"]]: ValueOf<T["columns"][C]> };

export function column<T extends ColumnType>(type: T): Column<T, false> {
  return { type, nullable: false };
}

export function nullable<T extends ColumnType>(type: T): Column<T, true> {
  return { type, nullable: true };
}

/** Idempotency keys, in every catalog: written by the same entry as the effects that they stand for. */
export const keysTable = {
  key: "key",
  columns: {
    key: column("text"),
    request: column("text"),
    sequence: column("bigint"),
    at: column("time"),
    subject: nullable("text"),
  },
} as const satisfies Table;

export type KeyRow = RowOf<typeof keysTable>;
