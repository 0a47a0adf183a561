/** What whoever gave a command is told once it is safe. */
export interface Outcome<A> {
  /** Number of the entry; where nothing had to be written, of the last one before. */
  readonly sequence: number;
  readonly answer: A;
}
