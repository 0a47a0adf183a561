import type { Effect } from "./person/effects.ts";

/** One thing that happened to a person's catalog; what it was about, never what was written in it. */
export interface Activity {
  /** Number of the entry that recorded it; what happened at once has the same. */
  readonly sequence: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly kind: Effect["kind"];
  readonly photoId: string | null;
  readonly albumId: string | null;
  readonly shareId: string | null;
  readonly uploadId: string | null;
  /** How many photos it was about, where that is a number of them. */
  readonly photoCount: number | null;
}

export interface ActivityPage {
  /** The latest first. */
  readonly activities: readonly Activity[];
  readonly nextCursor: string | undefined;
}

/** What happened since a reader knew of it. */
export interface ChangePage {
  /** The oldest first, by whole entries. */
  readonly changes: readonly Activity[];
  /** Of the last entry that is told: what the next question begins after. */
  readonly token: string;
  /** False where there is more. */
  readonly isComplete: boolean;
}
