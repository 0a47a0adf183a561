import type { Json } from "./json.ts";

interface ScalarShape {
  readonly type: string;
  readonly format?: string;
  readonly enum?: readonly string[];
}

interface ScalarResult {
  /** What the value should have been, as Google names types; undefined where it is right. */
  readonly fault?: string;
  /** The value as it is kept: 64-bit numbers as text, others as numbers. */
  readonly kept?: Json;
}

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

/** A whole number, given as JSON number or as text; undefined for anything else or out of the format's range. */
function wholeNumber(value: Json, format: string): bigint | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  if (typeof value === "number" ? !Number.isInteger(value) : !/^-?\d{1,20}$/.test(value)) return undefined;
  const number = BigInt(value);
  const [least, most] = ranges[format] ?? [-(2n ** 63n), 2n ** 64n];
  return number >= least && number <= most ? number : undefined;
}

function isText(value: string, format: string): boolean {
  switch (format) {
    case "google-duration":
      return /^-?\d{1,12}(\.\d{1,9})?s$/.test(value);
    case "google-datetime":
    case "date-time":
      return /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d/.test(value) && !Number.isNaN(Date.parse(value));
    case "byte":
      return /^[A-Za-z0-9+/_-]*={0,2}$/.test(value);
    default:
      return true;
  }
}

/** Reads one string, number or boolean by the rules of JSON for protocol buffers. */
export function checkScalar(shape: ScalarShape, value: Json): ScalarResult {
  const { type, format = "" } = shape;
  if (shape.enum !== undefined) {
    return typeof value === "string" && (shape.enum.includes(value) || value === "")
      ? { kept: value }
      : { fault: `one of ${shape.enum.join(", ")}` };
  }
  if (type === "boolean") return typeof value === "boolean" ? { kept: value } : { fault: "TYPE_BOOL" };
  if (type === "integer" || format in ranges) {
    const number = wholeNumber(value, format);
    if (number === undefined) return { fault: `TYPE_${(format || "int32").toUpperCase()}` };
    return { kept: type === "integer" ? Number(number) : String(number) };
  }
  if (type === "number") {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number)
      ? { kept: number }
      : { fault: "TYPE_DOUBLE" };
  }
  if (typeof value !== "string") return { fault: "TYPE_STRING" };
  return isText(value, format) ? { kept: value } : { fault: `Field format ${format}` };
}
