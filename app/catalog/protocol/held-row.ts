import type { Column, ColumnType, Row, Table, Value } from "./tables.ts";

/** A value that no view can hold as it is. */
export interface Fault {
  readonly table: string;
  /** Of the row. */
  readonly key: string;
  readonly column: string;
  readonly value: unknown;
  /** What the column takes, in words. */
  readonly allowed: string;
  /** What the row has in its place. */
  readonly held: Value;
}

/** What needs no calendar, nearly all: making a date of each takes a third of the time that a row takes. */
const plainTime = "\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d";
const plainLocalTime = new RegExp(`^${plainTime}$`);
const plainMoment = new RegExp(`^${plainTime}\\.\\d{3}Z$`);

/** What engines can hold is decided here, for all of them: what one accepts and another refuses would stay in the log. */
const kinds: Readonly<Record<ColumnType, Kind>> = {
  text: {
    allowed: "text without half characters and NUL",
    isHeld: isText,
    nearest: (value) => (typeof value === "string" ? value.toWellFormed() : undefined),
    least: "",
  },
  texts: {
    allowed: "a list of texts without half characters and NUL",
    isHeld: (value) => Array.isArray(value) && value.every(isText),
    nearest: (value) =>
      Array.isArray(value)
        ? value.filter((item) => typeof item === "string").map((item) => item.toWellFormed())
        : undefined,
    least: [],
  },
  integer: wholeNumber(-(2 ** 31), 2 ** 31 - 1),
  // Rows come and go as JavaScript's numbers.
  bigint: wholeNumber(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  double: { allowed: "a finite number", isHeld: Number.isFinite, nearest: () => undefined, least: 0 },
  boolean: {
    allowed: "true or false",
    isHeld: (value) => typeof value === "boolean",
    nearest: () => undefined,
    least: false,
  },
  time: {
    allowed: "a moment as 2026-11-23T08:30:00.000Z",
    isHeld: (value) => typeof value === "string" && (plainMoment.test(value) || value === momentOf(value)),
    nearest: momentOf,
    least: new Date(0).toISOString(),
  },
  "local-time": {
    allowed: "a day of the calendar and a time as 2015-09-08T11:02:17",
    isHeld: (value) =>
      typeof value === "string" && (plainLocalTime.test(value) || value === localTimeOf(value)),
    nearest: localTimeOf,
    least: "1970-01-01T00:00:00",
  },
  json: {
    allowed: "an object whose names and texts have no half characters",
    isHeld: (value) => isRecord(value) && isWellFormed(value),
    nearest: (value) => (isRecord(value) ? wellFormed(value) : undefined),
    least: {},
  },
};

interface Kind {
  readonly allowed: string;
  isHeld(value: unknown): boolean;
  /** What engines made of such a value where they took it; undefined where they did not, and nothing is near it. */
  nearest(value: unknown): Value | undefined;
  /** Of a column that is never empty. */
  readonly least: Value;
}

interface Check {
  readonly column: string;
  readonly description: Column;
  readonly kind: Kind;
}

/** Of each table, made once. */
const checks = new WeakMap<Table, readonly Check[]>();

/**
 * The row as views hold it: itself where they can, else with the nearest that they can hold in place of the rest. A
 * column that the row does not have is not looked at.
 */
export function heldRow(name: string, table: Table, key: string, row: Row, faults: Fault[]): Row {
  let mended: Record<string, Value> | undefined;
  for (const { column, description, kind } of checksOf(table)) {
    const value = row[column];
    if (value === undefined || (value === null ? description.nullable : kind.isHeld(value))) continue;
    const { allowed } = kind;
    const held = kind.nearest(value) ?? (description.nullable ? null : kind.least);
    faults.push({ table: name, key, column, value, allowed, held });
    mended ??= { ...row };
    mended[column] = held;
  }
  return mended ?? row;
}

/** What was wrong, the value received, what is allowed. */
export function describeFault({ table, key, column, value, allowed }: Fault): string {
  const received = JSON.stringify(value);
  const shown = received.length > 100 ? `${received.slice(0, 100)}…` : received;
  return `'${column}' of '${key.slice(0, 100)}' in ${table} must be ${allowed}, got ${shown}`;
}

function checksOf(table: Table): readonly Check[] {
  const found = checks.get(table);
  if (found !== undefined) return found;
  const made = Object.entries(table.columns).map(([column, description]) => {
    return { column, description, kind: kinds[description.type] };
  });
  checks.set(table, made);
  return made;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.isWellFormed() && !value.includes("\0");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** NUL is written as an escape in JSON, and half a character is no JSON there. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (Array.isArray(value)) return value.every(isWellFormed);
  if (!isRecord(value)) return true;
  return Object.keys(value).every((name) => name.isWellFormed() && isWellFormed(value[name]));
}

function wellFormed(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const mend = (item: unknown): unknown => {
    if (typeof item === "string") return item.toWellFormed();
    if (Array.isArray(item)) return item.map(mend);
    return isRecord(item) ? wellFormed(item) : item;
  };
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name.toWellFormed(), mend(item)]));
}

function wholeNumber(least: number, most: number): Kind {
  return {
    allowed: `a whole number from ${least} to ${most}`,
    isHeld: (value) =>
      typeof value === "number" && Number.isInteger(value) && value >= least && value <= most,
    nearest: () => undefined,
    least: 0,
  };
}

function momentOf(value: unknown): string | undefined {
  const milliseconds = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString();
}

/** 30 February is 2 March, as views had it while it was taken. */
function localTimeOf(value: unknown): string | undefined {
  return typeof value === "string" ? momentOf(`${value}Z`)?.slice(0, 19) : undefined;
}
