/** Both ends included, in bytes. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The one range that a `Range` header asks for, within so many bytes. Undefined where there is none, and for any
 * other form, which RFC 9110 allows to ignore.
 */
export function readByteRange(
  header: string | undefined,
  totalBytes: number,
): ByteRange | "unsatisfiable" | undefined {
  const [whole, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (whole === undefined || (from === "" && to === "")) return undefined;
  const first = from === "" ? Math.max(0, totalBytes - Number(to)) : Number(from);
  const last = from === "" || to === "" ? totalBytes - 1 : Math.min(Number(to), totalBytes - 1);
  return first > last ? "unsatisfiable" : { first, last };
}
