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

export interface GreatestAsked {
  readonly table: Table;
  /** With the database's. */
  readonly name: string;
  readonly number: string;
  readonly column: string;
  readonly value: string;
}

/**
 * The greatest number of the rows whose other column has the value; undefined where there is none.
 *
 * @param besides keys of rows that do not count
 */
export async function greatestOf(
  connection: Connection,
  { table, name, number, column, value }: GreatestAsked,
  besides: readonly string[],
): Promise<number | undefined> {
  const sql = `SELECT max(${columnName(number)}) FROM ${name} WHERE ${columnName(column)} = $1`;
  const [[greatest] = []] =
    besides.length === 0
      ? await connection.queryAgain(sql, [value], [VARCHAR])
      : await connection.query(
          `${sql} AND NOT list_contains($2, ${columnName(table.key)})`,
          [value, listValue([...besides])],
          [VARCHAR, LIST(VARCHAR)],
        );
  return greatest === null || greatest === undefined ? undefined : Number(greatest);
}
