import type { ByteRange } from "../storage/object-store.ts";

export type RangeRequest =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly range: Required<ByteRange> }
  | { readonly kind: "unsatisfiable" };

/**
 * What a `Range` header asks for of so many bytes (RFC 9110, section 14). Several ranges in one header, other
 * units and what cannot be read are answered with the whole, as the RFC allows.
 */
export function readRange(header: string | undefined, sizeBytes: number): RangeRequest {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  if (match === null) return { kind: "whole" };
  const [, from = "", to = ""] = match;
  if (from === "" && to === "") return { kind: "whole" };
  if (from === "") {
    const length = Math.min(Number(to), sizeBytes);
    if (length === 0) return { kind: "unsatisfiable" };
    return { kind: "part", range: { first: sizeBytes - length, last: sizeBytes - 1 } };
  }
  const first = Number(from);
  if (to !== "" && Number(to) < first) return { kind: "whole" };
  if (first >= sizeBytes) return { kind: "unsatisfiable" };
  const last = to === "" ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  return { kind: "part", range: { first, last } };
}
