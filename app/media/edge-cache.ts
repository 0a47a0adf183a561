/** What stands before the media store and may keep copies of what it gave out. */
export interface EdgeCache {
  /**
   * Resolves once the edge asks the store again for everything whose name begins with one of the prefixes.
   *
   * @param prefixes of object names, each with a slash at its end; as many as there are
   * @throws EdgeCacheError: copies may still be there; to be repeated
   */
  forget(prefixes: readonly string[]): Promise<void>;
}

/** For an edge that reads the store at every request, as the one on a single machine does, and for none. */
export const noEdgeCache: EdgeCache = { forget: async () => {} };

/** Only maintenance meets it. */
export class EdgeCacheError extends Error {
  /** The path pattern that was to be invalidated. */
  readonly pattern: string;

  constructor(pattern: string, options: { readonly cause: unknown }) {
    const reason = options.cause instanceof Error ? options.cause.message : String(options.cause);
    super(`the edge may still keep copies under '${pattern}': ${reason}; repeat it later`, options);
    this.pattern = pattern;
  }
}
