import type { RemovedRule } from "./removed-rule.ts";

interface RemovedCourtesy extends RemovedRule {
  /** Instances that contend, by their ways to the store (fairness.ts), of which one is then kept waiting for long. */
  readonly ways: readonly number[];
}

const asFar = [5, 5, 5];
const tenTimesAsFar = [5, 50];

/** As removed-rules.ts, for what shares the slots of one log. */
export const removedCourtesies: readonly RemovedCourtesy[] = [
  {
    name: "who won lets others try",
    ways: asFar,
    edits: [
      {
        file: "app/catalog/protocol/courtesy.ts",
        kept: "this.#break(Math.min(this.#roundTrip * roundTrips, longestBreakMilliseconds));",
        removed: "void roundTrips;",
      },
    ],
  },
  {
    name: "who writes on looks for who waits",
    ways: tenTimesAsFar,
    edits: [{ file: "app/catalog/protocol/courtesy.ts", kept: "void this.#look();", removed: "" }],
  },
  {
    name: "who waits says so",
    ways: tenTimesAsFar,
    edits: [
      {
        file: "app/catalog/protocol/courtesy.ts",
        kept: "void this.#note.leave({ writer: this.#writer, wants: this.#wants() ?? 0 });",
        removed: "",
      },
    ],
  },
  {
    name: "a break is given by an entry, to all",
    ways: tenTimesAsFar,
    edits: [
      {
        file: "app/catalog/protocol/courtesy.ts",
        kept: "else this.#break(Math.min(milliseconds, longestGivenMilliseconds));",
        removed: "",
      },
    ],
  },
];
