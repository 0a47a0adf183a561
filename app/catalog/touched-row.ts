import type { Row } from "./protocol/tables.ts";

/** A row that an entry changed, before and after it; null where there was none. */
export interface TouchedRow {
  readonly table: TouchedTable;
  readonly key: string;
  readonly before: Row | null;
  readonly after: Row | null;
}

/** Those whose rows somebody may want back. */
export const touchedTables = ["photos", "albums", "albumPhotos", "shares", "users"] as const;

export type TouchedTable = (typeof touchedTables)[number];
