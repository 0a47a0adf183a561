import { Changes, changed } from "./changes.ts";
import type { Need, State } from "./model.ts";
import { type KeyRow, type Row, type RowOf, type Tables, greatestAmong, keyOf } from "./tables.ts";
import { type Position, type View } from "./view.ts";

/**
 * The state that the next command of a batch meets: the view's rows plus the changes of those accepted before
 * it. Reads each row of the view at most once.
 */
export class Draft<T extends Tables> implements State<T> {
  /** Where the view stood at the beginning: the entry goes into the slot after it, whatever the view does since. */
  readonly base: Position;
  readonly changes: Changes;
  readonly #view: View;
  readonly #tables: T;
  /** Answers of the view, by table, column and value. */
  readonly #answers = new Map<string, readonly Row[]>();
  /** The view's, by table, both columns and value. */
  readonly #greatest = new Map<string, number | undefined>();

  constructor(view: View, tables: T) {
    this.#view = view;
    this.#tables = tables;
    this.base = view.position;
    this.changes = new Changes(tables);
  }

  /** Asks one question for each column, whatever the number of values. */
  async prefetch(needs: readonly Need<T>[]): Promise<void> {
    const questions = new Map<string, { table: string; column: string; values: Set<string> }>();
    for (const need of needs) {
      const column = need.column ?? this.#keyColumn(need.table);
      if (this.#answers.has(answerName(need.table, column, need.value))) continue;
      const name = `${need.table}/${column}`;
      const question = questions.get(name) ?? { table: need.table, column, values: new Set() };
      questions.set(name, question);
      question.values.add(need.value);
    }
    for (const { table, column, values } of questions.values()) await this.#ask(table, column, [...values]);
  }

  async get<K extends keyof T & string>(table: K, key: string): Promise<RowOf<T[K]> | undefined> {
    const row = await this.#row(table, key);
    return row && this.#typed<K>(row);
  }

  async key(key: string): Promise<KeyRow | undefined> {
    const row = await this.#row("keys", key);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every model has keysTable under this name
    return row as KeyRow | undefined;
  }

  async find<K extends keyof T & string>(
    table: K,
    column: keyof T[K]["columns"] & string,
    value: string,
  ): Promise<readonly RowOf<T[K]>[]> {
    const found = new Map<string, Row>();
    for (const row of await this.#answer(table, column, value)) found.set(this.#keyOf(table, row), row);
    for (const { key } of this.changes.of(table)) {
      const row = await this.#row(table, key);
      if (row?.[column] === value) found.set(key, row);
      else found.delete(key);
    }
    // A view has rows in the order in which it came by them, which is not the same in every view of the same moment.
    const ordered = [...found].toSorted(([one], [other]) => (one < other ? -1 : 1));
    return ordered.map(([, row]) => this.#typed<K>(row));
  }

  async greatest<K extends keyof T & string>(
    table: K,
    number: keyof T[K]["columns"] & string,
    column: keyof T[K]["columns"] & string,
    value: string,
  ): Promise<number | undefined> {
    const name = `${number} of ${answerName(table, column, value)}`;
    if (!this.#greatest.has(name))
      this.#greatest.set(name, await this.#view.greatest(table, number, column, value));
    const given = await this.#rowsGiven(table, number);
    return greatestAmong(given, { number, column, value }, this.#greatest.get(name));
  }

  /** The rows in which this column was given a value, as they are now. */
  async #rowsGiven(table: string, column: string): Promise<readonly Row[]> {
    const rows: Row[] = [];
    const patches: string[] = [];
    for (const { key, change } of this.changes.of(table)) {
      if (change.kind === "put") rows.push(change.row);
      else if (change.kind === "patch" && (column in change.set || column in change.add)) patches.push(key);
    }
    const keyColumn = this.#keyColumn(table);
    const unread = patches.filter((key) => !this.#answers.has(answerName(table, keyColumn, key)));
    if (unread.length > 0) await this.#ask(table, keyColumn, unread);
    for (const key of patches) {
      const row = await this.#row(table, key);
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  async #row(table: string, key: string): Promise<Row | undefined> {
    const change = this.changes.change(table, key);
    if (change !== undefined && change.kind !== "patch") return changed(undefined, change);
    const [row] = await this.#answer(table, this.#keyColumn(table), key);
    return change === undefined ? row : changed(row, change);
  }

  async #answer(table: string, column: string, value: string): Promise<readonly Row[]> {
    const name = answerName(table, column, value);
    if (!this.#answers.has(name)) await this.#ask(table, column, [value]);
    const rows = this.#answers.get(name) ?? [];
    return rows.filter((row) => !this.changes.expires(table, row));
  }

  async #ask(table: string, column: string, values: readonly string[]): Promise<void> {
    const rows = Map.groupBy(await this.#view.find(table, column, values), (row) => row[column]);
    for (const value of values) this.#answers.set(answerName(table, column, value), rows.get(value) ?? []);
  }

  #keyColumn(table: string): string {
    return this.#tables[table]?.key ?? "";
  }

  #keyOf(table: string, row: Row): string {
    return keyOf(row, this.#tables[table]);
  }

  #typed<K extends keyof T & string>(row: Row): RowOf<T[K]> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- views hold rows by the schema that T is
    return row as RowOf<T[K]>;
  }
}

function answerName(table: string, column: string, value: string): string {
  return `${table}/${column}/${value}`;
}
