import { LIST, VARCHAR, listValue } from "@duckdb/node-api";
import type { Row, Table } from "../protocol/tables.ts";
import { columnName, columnNames, rowsFrom } from "./columns.ts";
import type { Connection } from "./connection.ts";

/** Rows whose column has one of the values. */
export async function findRows(
  connection: Connection,
  table: string,
  description: Table,
  column: string,
  values: readonly string[],
): Promise<readonly Row[]> {
  const sql = `SELECT ${columnNames(description.columns)} FROM ${table} WHERE ${columnName(column)}`;
  const [only] = values;
  const rows =
    values.length === 1 && only !== undefined
      ? await connection.queryAgain(`${sql} = $1`, [only], [VARCHAR])
      : await connection.query(`${sql} IN (SELECT unnest($1))`, [listValue([...values])], [LIST(VARCHAR)]);
  return rowsFrom(rows, description.columns);
}
