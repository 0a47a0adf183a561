/** A rule of the protocol and the lines that keep it, with what stands there when the rule is taken out. */
export interface RemovedRule {
  /** Number of the rule in docs, and which part of it. */
  readonly name: string;
  readonly edits: readonly Edit[];
}

export interface Edit {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly kept: string;
  readonly removed: string;
}
