import type { Changes } from "../protocol/changes.ts";
import type { Entry } from "../protocol/entry.ts";
import { entryName } from "../protocol/log.ts";
import { describeFault } from "../protocol/held-row.ts";
import type { Model } from "../protocol/model.ts";
import { layEntries } from "../protocol/replay.ts";
import type { Row, RowOf, Tables } from "../protocol/tables.ts";
import { byOrder, type Damage } from "./damage.ts";
import type { Step } from "./walk-log.ts";

/**
 * What a log amounts to, built from its steps without a view. Once there is an entry that cannot be read or
 * applied, the rows are not to be trusted: `isWhole` says so.
 */
export class RebuiltState<T extends Tables, C, E, A> {
  readonly owner: string;
  readonly #model: Model<T, C, E, A>;
  readonly #changes: Changes;
  readonly #damage: Damage[] = [];
  #newest: Entry<E> | undefined;
  #entries = 0;
  #isWhole = true;

  constructor(owner: string, model: Model<T, C, E, A>) {
    this.owner = owner;
    this.#model = model;
    this.#changes = model.initial(owner);
  }

  take(step: Step<E>): void {
    if ("damage" in step) {
      this.#damage.push(step.damage);
      if (step.damage.kind !== "stranger") this.#isWhole = false;
      return;
    }
    const { entry } = step;
    this.#checkTime(entry);
    this.#newest = entry;
    this.#entries++;
    if (!this.#isWhole) return;
    try {
      layEntries([entry], this.owner, this.#model, this.#changes);
      this.#checkValues(entry);
    } catch (error) {
      this.#isWhole = false;
      this.#damage.push({
        owner: this.owner,
        kind: "meaning",
        sequence: entry.seq,
        problem: `entry ${entry.seq} cannot be applied: ${error instanceof Error ? error.message : String(error)}`,
        remedy: "a fault of the release that wrote it: deploy the one before, and report this",
      });
    }
  }

  /** How many entries could be read. */
  get entries(): number {
    return this.#entries;
  }

  /** The last entry that could be read. */
  get newest(): Entry<E> | undefined {
    return this.#newest;
  }

  get damage(): readonly Damage[] {
    return this.#damage.toSorted(byOrder);
  }

  /** Every entry so far was read and applied. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** The table's rows; not in order. */
  rows<K extends keyof T & string>(table: K): readonly RowOf<T[K]>[] {
    const rows: RowOf<T[K]>[] = [];
    for (const { change } of this.#changes.of(table)) {
      // What is still a patch here met no row.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- changes hold rows by the schema that T is
      if (change.kind === "put") rows.push(change.row as RowOf<T[K]>);
    }
    return rows;
  }

  /** Every table's rows; not in order. */
  contents(): Readonly<Record<string, readonly Row[]>> {
    return Object.fromEntries(Object.keys(this.#model.tables).map((table) => [table, this.rows(table)]));
  }

  #checkValues({ seq, by }: Entry<E>): void {
    for (const fault of this.#changes.takeFaults()) {
      this.#damage.push({
        owner: this.owner,
        kind: "value",
        sequence: seq,
        problem: `entry ${seq}: ${describeFault(fault)}`,
        remedy:
          `no damage: everything else of it is shown, with ${JSON.stringify(fault.held)} in its place until somebody ` +
          `edits it; what was recorded stays in the entry. Report this once, '${by}' wrote it`,
      });
    }
  }

  #checkTime({ seq, at }: Entry<E>): void {
    const before = this.#newest;
    if (before === undefined || Date.parse(at) >= Date.parse(before.at)) return;
    this.#damage.push({
      owner: this.owner,
      kind: "time",
      sequence: seq,
      problem: `entry ${seq} is of ${at}, before entry ${before.seq} of ${before.at}`,
      remedy:
        `no writer goes back in time who sees what was before: an entry up to ${before.seq} may have been lost and its ` +
        `number given a second time. Look for older versions of '${entryName(this.owner, before.seq)}' and of those ` +
        "before it, or in a backup, and keep what was there; report this",
    });
  }
}
