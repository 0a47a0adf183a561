import { setImmediate } from "node:timers/promises";
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBAppender,
  DuckDBDataChunk,
  DuckDBListValue,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  LIST,
  TIMESTAMP,
  VARCHAR,
} from "@duckdb/node-api";
import type { Column, ColumnType, Row, Table, Value } from "../protocol/tables.ts";

const columnTypes: Readonly<Record<ColumnType, { readonly sql: string; readonly type: DuckDBType }>> = {
  text: { sql: "VARCHAR", type: VARCHAR },
  texts: { sql: "VARCHAR[]", type: LIST(VARCHAR) },
  integer: { sql: "INTEGER", type: INTEGER },
  bigint: { sql: "BIGINT", type: BIGINT },
  double: { sql: "DOUBLE", type: DOUBLE },
  boolean: { sql: "BOOLEAN", type: BOOLEAN },
  time: { sql: "TIMESTAMP", type: TIMESTAMP },
  "local-time": { sql: "TIMESTAMP", type: TIMESTAMP },
  // JSON is text with a name; the text is bound.
  json: { sql: "JSON", type: VARCHAR },
};

/** `takenOffsetMinutes` → `taken_offset_minutes`, in double quotes as some are words of SQL. */
export function columnName(property: string): string {
  return `"${property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}"`;
}

export function columnDefinitions(table: Table): string {
  return Object.entries(table.columns)
    .map(([property, { type }]) => `${columnName(property)} ${columnTypes[type].sql}`)
    .join(", ");
}

/** What stands between SELECT and FROM. */
export function columnNames(columns: Table["columns"]): string {
  return Object.keys(columns).map(columnName).join(", ");
}

export function boundType(column: Column): DuckDBType {
  return columnTypes[column.type].type;
}

/** To DuckDB. */
export function boundValue(value: Value | undefined, column: Column): DuckDBValue {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return new DuckDBListValue(value);
  switch (column.type) {
    case "bigint":
      return BigInt(Number(value));
    case "time":
    case "local-time":
      return timestamp(value);
    case "json":
      return JSON.stringify(value);
    default:
      // Text, numbers and truth values arrive as they are.
      return typeof value === "object" ? JSON.stringify(value) : value;
  }
}

/** Rows of a chunk; DuckDB's hold up to 2,048. Filling one takes some 15 ms, in which nobody else has a turn. */
const chunkRows = 512;

/** Column by column: a value at a time costs ten times as much. */
export async function appendRows(
  appender: DuckDBAppender,
  rows: readonly Row[],
  table: Table,
): Promise<void> {
  const columns = Object.entries(table.columns);
  const types = columns.map(([, description]) => boundType(description));
  for (let first = 0; first < rows.length; first += chunkRows) {
    // Whoever waits for this process has a turn.
    if (first > 0) await setImmediate();
    const chunk = DuckDBDataChunk.create(types);
    const some = rows.slice(first, first + chunkRows);
    chunk.setColumns(
      columns.map(([property, description]) => some.map((row) => boundValue(row[property], description))),
    );
    appender.appendDataChunk(chunk);
  }
}

/** From DuckDB, values by position. */
export function rowsFrom(rows: readonly (readonly DuckDBValue[])[], columns: Table["columns"]): Row[] {
  const described = Object.entries(columns);
  return rows.map((values) => {
    const row: Record<string, Value> = {};
    let index = 0;
    for (const [property, { type }] of described) row[property] = readValue(values[index++], type);
    return row;
  });
}

function readValue(value: DuckDBValue | undefined, type: ColumnType): Value {
  if (value === null || value === undefined) return null;
  switch (type) {
    case "bigint":
    case "integer":
    case "double":
      return Number(value);
    case "boolean":
      return value === true;
    case "texts":
      return value instanceof DuckDBListValue ? value.items.map(String) : [];
    case "time":
      return readTime(value);
    case "local-time":
      return readTime(value).slice(0, 19);
    case "json":
      return parseObject(String(value));
    case "text":
      return String(value);
  }
}

function readTime(value: DuckDBValue): string {
  if (!(value instanceof DuckDBTimestampValue))
    throw new TypeError(`Expected a timestamp but received ${typeof value}`);
  return new Date(Number(value.micros / 1000n)).toISOString();
}

/** A time without a zone is taken as it stands. */
function timestamp(text: Value): DuckDBTimestampValue {
  if (typeof text !== "string") throw new TypeError(`Expected a time as text but received ${typeof text}`);
  const milliseconds = Date.parse(text.endsWith("Z") ? text : `${text}Z`);
  if (Number.isNaN(milliseconds)) throw new TypeError(`Expected a time for a column but received '${text}'`);
  return new DuckDBTimestampValue(BigInt(milliseconds) * 1000n);
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? { ...value } : {};
}
