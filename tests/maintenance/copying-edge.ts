import type { EdgeCache } from "../../app/media/edge-cache.ts";

/** An edge of which a test decides whether it can be reached. */
export interface CopyingEdge extends EdgeCache {
  /** What was asked and done, each call for itself. */
  readonly forgotten: (readonly string[])[];
  /** What every call from now on fails with; undefined: none does. */
  fail(fault: Error | undefined): void;
  /** Called before each that succeeds. */
  onForget: () => Promise<void>;
}

export function copyingEdge(): CopyingEdge {
  let fault: Error | undefined;
  const edge: CopyingEdge = {
    forgotten: [],
    fail: (error) => {
      fault = error;
    },
    onForget: async () => {},
    async forget(prefixes) {
      if (fault !== undefined) throw fault;
      await edge.onForget();
      edge.forgotten.push(prefixes);
    },
  };
  return edge;
}
