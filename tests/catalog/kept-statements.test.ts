import { setTimeout } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, onTestFinished, test } from "vitest";
import { attach, detach, newAttached } from "../../app/catalog/duckdb/attached.ts";
import { Connection } from "../../app/catalog/duckdb/connection.ts";
import { Database } from "../../app/catalog/duckdb/database.ts";
import { scratchFolder } from "./fixtures.ts";

async function openConnection(): Promise<Connection> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = new Connection(await instance.connect());
  onTestFinished(() => {
    connection.close();
    instance.closeSync();
  });
  return connection;
}

test("a kept statement answers by what the rows are now, not by what they were when it was planned", async () => {
  const database = await Database.open(scratchFolder());
  onTestFinished(() => database.close());
  await database.use(async (connection) => {
    await connection.run("CREATE TABLE things (id VARCHAR, amount INTEGER, ended TIMESTAMP)");
    await connection.run("INSERT INTO things SELECT 'a' || i, i, NULL FROM range(5000) r(i)");
    const conditions = ["ended IS NOT NULL", "amount > 7000", "amount < 0", "id = 'b'", "ended IS NULL"];
    const counts = async () => {
      const found: unknown[] = [];
      for (const condition of conditions) {
        const [row] = await connection.queryAgain(`SELECT count(*)::INTEGER FROM things WHERE ${condition}`);
        found.push(row?.[0]);
      }
      return found;
    };
    expect(await counts()).toEqual([0, 0, 0, 0, 5000]);
    await connection.run("INSERT INTO things VALUES ('b', 8000, '2026-01-01'), ('c', -1, NULL)");
    await connection.run("UPDATE things SET ended = '2026-01-01' WHERE id = 'a1'");
    expect(await counts()).toEqual([2, 1, 1, 1, 5000]);
  });
});

test("the same text with other values is one statement, and no more are kept than the bound says", async () => {
  const connection = await openConnection();
  for (const value of ["a", "b", "c"]) {
    expect(await connection.queryAgain("SELECT $1::VARCHAR", [value])).toEqual([[value]]);
  }
  expect(connection.keptCount).toBe(1);
  for (let turn = 0; turn < 200; turn++) {
    expect(await connection.queryAgain(`SELECT $1::INTEGER + ${turn}`, [1])).toEqual([[turn + 1]]);
  }
  expect(connection.keptCount).toBe(32);
  expect(await connection.queryAgain("SELECT $1::VARCHAR", ["again"])).toEqual([["again"]]);
});

test("statements about a database that is detached are let go, and those about others are kept", async () => {
  const connection = await openConnection();
  for (const name of ["view_1", "view_11"]) {
    await connection.run(`ATTACH ':memory:' AS ${name}`);
    await connection.run(`CREATE TABLE ${name}.things (id VARCHAR)`);
    await connection.queryAgain(`INSERT INTO ${name}.things VALUES ($1)`, [name]);
  }
  connection.forget("view_1");
  connection.settle();
  expect(connection.keptCount).toBe(1);
  await connection.run("DETACH view_1");
  await connection.queryAgain("INSERT INTO view_11.things VALUES ($1)", ["another"]);
  expect(await connection.query("SELECT count(*)::INTEGER FROM view_11.things")).toEqual([[2]]);
});

async function withView() {
  const database = await Database.open(scratchFolder());
  onTestFinished(() => database.close());
  const attached = newAttached(database);
  await database.use(async (connection) => {
    await attach(connection, attached);
    await connection.run(
      `CREATE TABLE ${attached.name}.things AS SELECT i::INTEGER AS i FROM range(3000) r(i)`,
    );
  });
  const { name, file } = attached;
  // Every pair of rows: long enough that the view is gone before the statement ends.
  const slow = `SELECT count(*)::INTEGER FROM ${name}.things a, ${name}.things b WHERE (a.i * b.i) % 7 = $1`;
  return { database, name, slow, detachIt: () => detach(database, name, file) };
}

describe("while a connection is lent", () => {
  test("a view that is detached takes no statement from under DuckDB, and nothing about it stays kept", async () => {
    const { database, slow, detachIt } = await withView();
    let lent: Connection | undefined;
    const asked = database.use(async (connection) => {
      lent = connection;
      const [before] = await connection.queryAgain(slow, [1]);
      await connection.queryAgain("SELECT $1::INTEGER", [1]);
      const running = connection.queryAgain(slow, [1]);
      // One that has not begun would not find its view; one that has ended by then is as kept.
      await setTimeout(50);
      const detached = detachIt();
      expect(connection.keptCount).toBe(2);
      const [after] = await running;
      expect(after).toEqual(before);
      await detached;
      expect(connection.keptCount).toBe(2);
    });
    await asked;
    expect(lent?.keptCount).toBe(1);
  });

  test("a statement that is being planned while its view is detached is not kept", async () => {
    const { database, name, detachIt } = await withView();
    let lent: Connection | undefined;
    await database.use(async (connection) => {
      lent = connection;
      const planned = connection.queryAgain(`SELECT i FROM ${name}.things WHERE i = $1`, [7]);
      database.forget(name);
      expect(connection.keptCount).toBe(0);
      expect(await planned).toEqual([[7]]);
      await detachIt();
    });
    expect(lent?.keptCount).toBe(0);
  });

  test("a statement that is planned while the view waits to be detached goes with it", async () => {
    const { database, name, detachIt } = await withView();
    const ends = [1, 2, 3].map(() => Promise.withResolvers<undefined>());
    const lent = ends.map(({ promise }) => database.use(() => promise));
    let late: Connection | undefined;
    const asked = database.use(async (connection) => {
      late = connection;
      await connection.queryAgain(`SELECT i FROM ${name}.things WHERE i = $1`, [7]);
    });
    const detached = detachIt();
    // Of three connections one comes back, to who asked first.
    ends[0]?.resolve(undefined);
    await asked;
    for (const { resolve } of ends) resolve(undefined);
    await Promise.all([...lent, detached]);
    expect(late?.keptCount).toBe(0);
  });
});

test("rows come whole however many chunks they fill, and a failed statement can be said again", async () => {
  const connection = await openConnection();
  const rows = await connection.query("SELECT i::INTEGER FROM range($1::BIGINT) r(i)", [5000]);
  expect(rows.map(([value]) => value)).toEqual(Array.from({ length: 5000 }, (_, index) => index));
  await expect(connection.queryAgain("SELECT * FROM missing WHERE id = $1", ["a"])).rejects.toThrow(
    /missing/,
  );
  await connection.run("CREATE TABLE missing (id VARCHAR)");
  expect(await connection.queryAgain("SELECT * FROM missing WHERE id = $1", ["a"])).toEqual([]);
});
