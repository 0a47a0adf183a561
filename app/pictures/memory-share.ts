/**
 * What a file on its way, and the work on it, hold of the memory that this process may use. Whoever was given it releases
 * it, whatever happened.
 */
export interface MemoryShare {
  /** What work on the file may still take. */
  readonly promisedBytes: number;

  /** The file turned out to be so much smaller. */
  shrink(bytes: number): void;

  /** Work on it will take no more than so much, which may let others in. */
  promiseLess(bytes: number): void;

  /**
   * Takes so much of what was promised, once, where it is free and everybody else can still come to an end.
   *
   * @throws RangeError for more than was promised
   */
  tryTake(bytes: number): boolean;

  /** Told whenever something has become free after `tryTake` was refused; one listener, the last. */
  onRoom(listener: () => void): void;

  /** What was taken is free again. */
  endWork(): void;

  /** Holds nothing from here on. Once more is no error. */
  release(): void;
}
