/** A photo that somebody was told is kept. */
export interface KeptPhoto {
  readonly subject: string;
  readonly userId: string;
  readonly sequence: number;
  readonly key: string;
}

export interface AccountsHistory {
  readonly subjects: readonly string[];
  readonly photos: KeptPhoto[];
  /** Changes that a worker was told are kept. */
  readonly touched: Pick<KeptPhoto, "key">[];
  /** Ids whose closing somebody asked for. */
  readonly closing: Set<string>;
  /** Whose every id somebody was let in by. */
  readonly subjectOf: Map<string, Set<string>>;
}
