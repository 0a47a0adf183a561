import { type DuckDBConnection, LIST, VARCHAR, listValue } from "@duckdb/node-api";
import type { Row, Table } from "../protocol/tables.ts";
import { columnName, columnNames, rowsFrom } from "./columns.ts";

/** Rows whose column has one of the values. */
export async function findRows(
  connection: DuckDBConnection,
  table: string,
  description: Table,
  column: string,
  values: readonly string[],
): Promise<readonly Row[]> {
  const sql = `SELECT ${columnNames(description.columns)} FROM ${table} WHERE ${columnName(column)}`;
  const [only] = values;
  const result =
    values.length === 1 && only !== undefined
      ? await connection.runAndReadAll(`${sql} = $1`, [only], [VARCHAR])
      : await connection.runAndReadAll(
          `${sql} IN (SELECT unnest($1))`,
          [listValue([...values])],
          [LIST(VARCHAR)],
        );
  return rowsFrom(result.getRows(), description.columns);
}
