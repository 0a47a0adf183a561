import { LIST, VARCHAR, listValue } from "@duckdb/node-api";
import { type Change, type Changes, type RowChange, changed } from "../protocol/changes.ts";
import { type Row, type Table, type Tables, keyOf } from "../protocol/tables.ts";
import { appendRows, boundType, boundValue, columnName } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { findRows } from "./find-rows.ts";
import type { RowNow } from "./unwritten.ts";

/** Up to so many changed rows are written one by one; more are written as sets. */
const rowByRow = 3;

/**
 * Writes all of the changes within the transaction that the connection is in.
 *
 * @param before the rows as they are there
 */
export async function writeChanges(
  connection: Connection,
  view: string,
  tables: Tables,
  changes: Changes,
  before: RowNow,
): Promise<void> {
  const isFew = changes.rowCount <= rowByRow;
  for (const [name, description] of Object.entries(tables)) {
    const rows = [...changes.of(name)];
    const target = { connection, name, path: `${view}.${name}`, view, description, before };
    if (isFew) for (const { key, change } of rows) await writeOne(target, key, change);
    else if (rows.length > 0) await writeMany(target, rows);
  }
  for (const expiration of changes.expirations) {
    const expired = `${view}.${expiration.table} WHERE ${columnName(expiration.column)} < $1::TIMESTAMP`;
    await connection.query(`DELETE FROM ${expired}`, [expiration.before]);
  }
}

interface Target {
  readonly connection: Connection;
  readonly view: string;
  readonly name: string;
  /** Both, as SQL names the table. */
  readonly path: string;
  readonly description: Table;
  readonly before: RowNow;
}

async function writeOne(target: Target, key: string, change: Change): Promise<void> {
  const { connection, name, path, description, before } = target;
  if (change.kind === "patch") return await patchOne(target, key, change);
  if (before(name, key) !== null) {
    await connection.queryAgain(`DELETE FROM ${path} WHERE ${columnName(description.key)} = $1`, [key]);
  }
  if (change.kind === "put") await insert(target, [change.row]);
}

async function patchOne(
  { connection, path, description }: Target,
  key: string,
  { set, add }: Extract<Change, { kind: "patch" }>,
): Promise<void> {
  const columns = Object.entries(description.columns).filter(
    ([property]) => property in set || property in add,
  );
  if (columns.length === 0) return;
  const assignments = columns.map(([property], index) => {
    const name = columnName(property);
    return `${name} = ${property in set ? "" : `${name} + `}$${index + 1}`;
  });
  await connection.queryAgain(
    `UPDATE ${path} SET ${assignments.join(", ")} WHERE ${columnName(description.key)} = $${columns.length + 1}`,
    [
      ...columns.map(([property, column]) =>
        boundValue(property in set ? set[property] : add[property], column),
      ),
      key,
    ],
    [...columns.map(([, column]) => boundType(column)), VARCHAR],
  );
}

/** Patched rows are read, changed here and put back: a few statements, however many rows there are. */
async function writeMany(target: Target, rows: readonly RowChange[]): Promise<void> {
  const { connection, name, path, description } = target;
  const patched = rows.filter(({ change }) => change.kind === "patch").map(({ key }) => key);
  const before = new Map(patched.map((key) => [key, target.before(name, key)]));
  const unread = patched.filter((key) => before.get(key) === undefined);
  if (unread.length > 0) {
    for (const row of await findRows(connection, path, description, description.key, unread)) {
      before.set(keyOf(row, description), row);
    }
  }
  const there = rows.filter(({ key }) => target.before(name, key) !== null).map(({ key }) => key);
  if (there.length > 0) {
    await connection.query(
      `DELETE FROM ${path} WHERE ${columnName(description.key)} IN (SELECT unnest($1))`,
      [listValue(there)],
      [LIST(VARCHAR)],
    );
  }
  const after = rows.map(({ key, change }) => changed(before.get(key) ?? undefined, change));
  await insert(
    target,
    after.filter((row) => row !== undefined),
  );
}

async function insert(
  { connection, view, name, path, description }: Target,
  rows: readonly Row[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  if (rows.length === 1) {
    const columns = Object.entries(description.columns);
    await connection.queryAgain(
      `INSERT INTO ${path} VALUES (${columns.map((_, index) => `$${index + 1}`).join(", ")})`,
      columns.map(([property, column]) => boundValue(first[property], column)),
      columns.map(([, column]) => boundType(column)),
    );
    return;
  }
  const appender = await connection.createAppender(view, name);
  await appendRows(appender, rows, description);
  appender.closeSync();
}
