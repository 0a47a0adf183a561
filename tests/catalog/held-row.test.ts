import * as fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { type Fault, heldRow } from "../../app/catalog/protocol/held-row.ts";
import { type Table, column, nullable } from "../../app/catalog/protocol/tables.ts";

const table = {
  key: "id",
  columns: { id: column("text"), at: column("time"), taken: nullable("local-time") },
} as const satisfies Table;

const digits = (length: number, max: number) =>
  fc.integer({ min: 0, max }).map((number) => String(number).padStart(length, "0"));

/** Moments, and what looks like them. */
const moment = fc
  .tuple(digits(4, 9999), digits(2, 13), digits(2, 32), digits(2, 24), digits(2, 60), digits(2, 60))
  .map(([year, month, day, hour, minute, second]) => `${year}-${month}-${day}T${hour}:${minute}:${second}`);

/** As the calendar has it. */
function isMoment(text: string): boolean {
  const milliseconds = Date.parse(text);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === text;
}

test("of times, what the calendar has is held, and nothing else", () => {
  fc.assert(
    fc.property(moment, fc.constantFrom("", "\n", " ", "Z", ".5"), (time, tail) => {
      const row = { id: "a", at: `${time}.000Z${tail}`, taken: `${time}${tail}` };
      const faults: Fault[] = [];
      heldRow("rows", table, "a", row, faults);
      const refused = faults.map((fault) => fault.column);
      expect(refused.includes("at")).toBe(!isMoment(row.at));
      expect(refused.includes("taken")).toBe(!isMoment(`${row.taken}.000Z`));
    }),
    { numRuns: 2000 },
  );
});

test("what everybody's log is full of is held as it is, and without a date made of it", () => {
  const parse = vi.spyOn(Date, "parse");
  onTestFinished(() => parse.mockRestore());
  const row = { id: "a", at: "2026-11-23T08:30:00.123Z", taken: "2015-09-08T11:02:17" };
  const faults: Fault[] = [];
  expect(heldRow("rows", table, "a", row, faults)).toBe(row);
  expect(faults).toEqual([]);
  expect(parse).not.toHaveBeenCalled();
  expect(heldRow("rows", table, "a", { at: "2015-09-31T08:30:00.000Z", ghost: "\0" }, faults)).toEqual({
    at: "2015-10-01T08:30:00.000Z",
    ghost: "\0",
  });
  expect(faults).toMatchObject([{ column: "at" }]);
});
