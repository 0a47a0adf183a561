import type { Stage } from "../stage.ts";

/** One thing that a rehearsal does. */
export interface Step {
  readonly title: string;
  /**
   * What the environment does not declare, so that there is nothing to see of it here: `no Redis`.
   *
   * @default undefined: there always is
   */
  readonly lacking?: (stage: Stage) => string | undefined;
  /**
   * Resolves to what was seen.
   *
   * @param failed aborted where another step failed meanwhile: whoever waits for it may give up by its reason
   * @throws Error that names what is wrong, and where it can be known, the cause
   */
  readonly run: (stage: Stage, failed: AbortSignal) => Promise<string>;
}
