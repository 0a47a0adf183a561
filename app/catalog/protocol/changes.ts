import { type Fault, heldRow } from "./held-row.ts";
import { type Row, type Table, type Tables, type Value, keyOf } from "./tables.ts";

/** What becomes of one row. */
export type Change =
  | { readonly kind: "put"; readonly row: Row }
  | { readonly kind: "patch"; readonly set: Row; readonly add: Readonly<Record<string, number>> }
  | { readonly kind: "remove" };

export interface RowChange {
  readonly key: string;
  readonly change: Change;
}

/**
 * Changes of a view's rows, folded: however often a row was changed, it has one entry here. Whoever gives a
 * row the meaning of an effect calls these methods; nothing is read, so that a thousand entries can be folded
 * and applied at once. Rows have only what every view can hold: an older log may say something else.
 */
export class Changes {
  readonly #tables = new Map<string, Map<string, Change>>();
  readonly #expirations = new Map<string, Expiration>();
  readonly #schema: Tables;
  #faults: Fault[] = [];

  constructor(schema: Tables) {
    this.#schema = schema;
  }

  /** Makes the row, or replaces the one of the same key. */
  put(table: string, row: Row): void {
    const description = this.#table(table);
    const held = heldRow(table, description, keyOf(row, description), row, this.#faults);
    this.#rowsOf(table).set(keyOf(held, description), { kind: "put", row: held });
  }

  /** Sets columns and adds to numeric ones. No row of that key: nothing happens. */
  patch(table: string, key: string, set: Row, add: Readonly<Record<string, number>> = {}): void {
    this.#patch(table, key, heldRow(table, this.#table(table), key, set, this.#faults), add);
  }

  #patch(table: string, key: string, set: Row, add: Readonly<Record<string, number>>): void {
    const rows = this.#rowsOf(table);
    const before = rows.get(key);
    if (before === undefined) rows.set(key, { kind: "patch", set, add });
    else if (before.kind === "put") rows.set(key, { kind: "put", row: patched(before.row, set, add) });
    else if (before.kind === "patch") rows.set(key, foldPatches(before, set, add));
  }

  remove(table: string, key: string): void {
    this.#rowsOf(table).set(key, { kind: "remove" });
  }

  /**
   * Removes rows whose time is before the given one. Rows that are put into such a table must come in the order
   * of their times, as entries do; then it does not matter when within the fold the rest is removed.
   */
  expire(table: string, column: string, before: string): void {
    this.#expirations.set(table, { table, column, before });
    const rows = this.#rowsOf(table);
    for (const [key, change] of rows) if (isExpired(change, column, before)) rows.delete(key);
  }

  /** Whether a row that was there before is removed because of its time. */
  expires(table: string, row: Row): boolean {
    const expiration = this.#expirations.get(table);
    return expiration !== undefined && isBefore(row[expiration.column], expiration.before);
  }

  get expirations(): Iterable<Expiration> {
    return this.#expirations.values();
  }

  change(table: string, key: string): Change | undefined {
    return this.#tables.get(table)?.get(key);
  }

  /** Row by row, table by table, in the order in which rows were first changed. */
  *all(): Iterable<RowChange & { readonly table: string }> {
    for (const table of this.#tables.keys()) for (const change of this.of(table)) yield { table, ...change };
  }

  /** The table's rows that are changed. */
  *of(table: string): Iterable<RowChange> {
    for (const [key, change] of this.#tables.get(table) ?? []) yield { key, change };
  }

  get rowCount(): number {
    let count = 0;
    for (const rows of this.#tables.values()) count += rows.size;
    return count;
  }

  /** What was to be put or set since the last time and no view can hold. */
  takeFaults(): readonly Fault[] {
    const faults = this.#faults;
    this.#faults = [];
    return faults;
  }

  /** Lays later changes over these; their faults stay theirs. */
  append(later: Changes): void {
    for (const { table, key, change } of later.all()) {
      if (change.kind === "patch") this.#patch(table, key, change.set, change.add);
      else this.#rowsOf(table).set(key, change);
    }
    for (const { table, column, before } of later.expirations) this.expire(table, column, before);
  }

  #table(name: string): Table {
    const table = this.#schema[name];
    if (table === undefined) throw new TypeError(`no table '${name}' in this catalog`);
    return table;
  }

  #rowsOf(table: string): Map<string, Change> {
    this.#table(table);
    const found = this.#tables.get(table);
    if (found !== undefined) return found;
    const made = new Map<string, Change>();
    this.#tables.set(table, made);
    return made;
  }
}

export interface Expiration {
  readonly table: string;
  readonly column: string;
  /** ISO 8601 in UTC. */
  readonly before: string;
}

function isExpired(change: Change, column: string, before: string): boolean {
  return change.kind === "put" && isBefore(change.row[column], before);
}

function isBefore(time: Value | undefined, before: string): boolean {
  return typeof time === "string" && time < before;
}

/** The row after the change; undefined where there is none then. */
export function changed(row: Row | undefined, change: Change): Row | undefined {
  if (change.kind === "put") return change.row;
  if (change.kind === "remove" || row === undefined) return undefined;
  return patched(row, change.set, change.add);
}

function patched(row: Row, set: Row, add: Readonly<Record<string, number>>): Row {
  const result: Record<string, Value> = { ...row, ...set };
  for (const [name, amount] of Object.entries(add)) result[name] = sum(result[name], amount);
  return result;
}

function foldPatches(
  before: Extract<Change, { kind: "patch" }>,
  set: Row,
  add: Readonly<Record<string, number>>,
): Change {
  const sets: Record<string, Value> = { ...before.set, ...set };
  // Setting a column makes earlier additions to it void; adding to a column that was set is setting it again.
  const adds = Object.fromEntries(Object.entries(before.add).filter(([name]) => !(name in set)));
  for (const [name, amount] of Object.entries(add)) {
    if (name in sets) sets[name] = sum(sets[name], amount);
    else adds[name] = (adds[name] ?? 0) + amount;
  }
  return { kind: "patch", set: sets, add: adds };
}

function sum(value: Value | undefined, amount: number): number {
  if (typeof value !== "number") throw new TypeError(`cannot add ${amount} to ${JSON.stringify(value)}`);
  return value + amount;
}
