import { createHash } from "../late-crypto.ts";

/** Where a page of what is sorted by id ended. */
export function encodeIdCursor(id: string): string {
  return Buffer.from(`2 ${id}`).toString("base64url");
}

/** @throws InvalidCursorError */
export function decodeIdCursor(cursor: string): string {
  const text = cursor.length <= 200 ? Buffer.from(cursor, "base64url").toString() : "";
  const [, id] = /^2 ([\w-]{1,100})$/.exec(text) ?? [];
  if (id === undefined) throw new InvalidCursorError();
  return id;
}

export class InvalidCursorError extends Error {
  readonly code = "invalid-cursor";

  constructor() {
    super("the cursor is not one of this list: use the one that came with the page before, or none");
  }
}

/** Where a page of a list ended that is sorted by two things. */
export interface Cursor {
  /** As text without spaces: a time, a number. */
  readonly sortedBy: string;
  /** Tells apart what is sorted alike. */
  readonly id: string;
}

/** @param list names the list with all that decides what is in it and in which order: a cursor is of that list only */
export function encodeCursor(list: string, { sortedBy, id }: Cursor): string {
  return Buffer.from(`3 ${nameOf(list)} ${sortedBy} ${id}`).toString("base64url");
}

/** @throws InvalidCursorError */
export function decodeCursor(list: string, cursor: string): Cursor {
  const text = cursor.length <= 300 ? Buffer.from(cursor, "base64url").toString() : "";
  const [, name, sortedBy, id] = /^3 ([\w-]{8}) (\S{1,40}) ([\w-]{1,100})$/.exec(text) ?? [];
  if (name !== nameOf(list) || sortedBy === undefined || id === undefined) throw new InvalidCursorError();
  return { sortedBy, id };
}

/** A cursor of a list that is sorted by a time. @throws InvalidCursorError */
export function decodeTimeCursor(list: string, cursor: string): Cursor {
  const decoded = decodeCursor(list, cursor);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(decoded.sortedBy);
  if (!isTime || Number.isNaN(Date.parse(decoded.sortedBy))) throw new InvalidCursorError();
  return decoded;
}

/** A cursor of a list that is sorted by a number. @throws InvalidCursorError */
export function decodeNumberCursor(
  list: string,
  cursor: string,
): { readonly sortedBy: number; readonly id: string } {
  const { sortedBy, id } = decodeCursor(list, cursor);
  if (!Number.isFinite(Number(sortedBy))) throw new InvalidCursorError();
  return { sortedBy: Number(sortedBy), id };
}

function nameOf(list: string): string {
  return createHash("sha256").update(list).digest("base64url").slice(0, 8);
}
