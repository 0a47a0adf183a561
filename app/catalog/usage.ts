/** What a person's photos take up. */
export interface Usage {
  readonly quotaBytes: number;
  /** Photos, the trash and what is being deleted for good. */
  readonly usedBytes: number;
  /** For uploads under way, until they are completed or expire. */
  readonly reservedBytes: number;
  /** Not in the trash. */
  readonly photos: Amount;
  readonly trash: Amount;
  /** Being deleted for good; their room is free once that is done. */
  readonly purging: Amount;
  readonly uploads: Amount;
}

export interface Amount {
  readonly count: number;
  readonly bytes: number;
}
