/** Where a page of photos ended: sorted by these two, descending. */
export interface PhotoCursor {
  /** ISO 8601 in UTC. */
  readonly shownAt: string;
  readonly id: string;
}

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

export function encodeCursor({ shownAt, id }: PhotoCursor): string {
  return Buffer.from(`1 ${shownAt} ${id}`).toString("base64url");
}

/** @throws InvalidCursorError */
export function decodeCursor(cursor: string): PhotoCursor {
  const text = cursor.length <= 200 ? Buffer.from(cursor, "base64url").toString() : "";
  const match = /^1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([\w-]{1,100})$/.exec(text);
  const [, shownAt, id] = match ?? [];
  if (shownAt === undefined || id === undefined || Number.isNaN(Date.parse(shownAt)))
    throw new InvalidCursorError();
  return { shownAt, id };
}
