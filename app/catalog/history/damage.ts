/** What is wrong with a log, and what to do about it. */
export interface Damage {
  readonly owner: string;
  readonly kind: DamageKind;
  /** The entry concerned, or the first of several; null where it is about no single one. */
  readonly sequence: number | null;
  /** The last entry concerned, where several are. */
  readonly lastSequence?: number;
  readonly problem: string;
  readonly remedy: string;
}

export type DamageKind =
  /** Its bytes are not what was written. */
  | "damaged"
  /** Later entries are there, this one is not. */
  | "missing"
  /** This release cannot read it. */
  | "newer"
  /** No entry has such a name. */
  | "stranger"
  /** Older than the entry before it. */
  | "time"
  /** Readable, and yet it cannot follow what was before it. */
  | "meaning"
  /** It names a value that no view can hold; the nearest stands in its place. Of one entry for ever, and no damage. */
  | "value"
  /** What counts against the quota is not what the photos take. */
  | "storage-used";

export function byOrder(one: Damage, other: Damage): number {
  return (one.sequence ?? Number.POSITIVE_INFINITY) - (other.sequence ?? Number.POSITIVE_INFINITY);
}
