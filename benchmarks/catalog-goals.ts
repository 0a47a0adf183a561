import { say } from "./measure.ts";

export interface Figure {
  readonly name: string;
  /** Photos of the person. */
  readonly size: number;
  readonly measured: number;
  /** The same in node:sqlite. */
  readonly reference?: number | undefined;
  /** A bare put of the entry's bytes. */
  readonly put?: number;
  /** The goal, where there is one. */
  readonly most?: number;
  readonly least?: number;
}

/** Says each figure when it is known, and at the end which goals are met. */
export class Goals {
  readonly #figures: Figure[] = [];

  record(figure: Figure): void {
    this.#figures.push(figure);
    const { name, measured, reference, put } = figure;
    const beside = [
      reference === undefined
        ? ""
        : `sqlite ${reference.toFixed(2)} (ratio ${(measured / reference).toFixed(2)})`,
      put === undefined ? "" : `bare put ${put.toFixed(2)} (ratio ${(measured / put).toFixed(2)})`,
    ];
    say(`  ${name.padEnd(42)} ${measured.toFixed(2).padStart(9)}   ${beside.filter(Boolean).join(", ")}`);
  }

  print(): void {
    say("\ngoals");
    for (const figure of this.#figures) {
      const { name, size, measured, most, least } = figure;
      if (most === undefined && least === undefined) continue;
      const isMet = measured <= (most ?? Infinity) && measured >= (least ?? -Infinity);
      const goal = most === undefined ? `at least ${least}` : `at most ${most}`;
      const words = `${name}, ${size} photos`;
      say(
        `  ${isMet ? "met    " : "NOT MET"}  ${words.padEnd(60)} ${measured.toFixed(2).padStart(9)}  ${goal}`,
      );
    }
  }
}

/** @param share 0.5 for the median */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}
