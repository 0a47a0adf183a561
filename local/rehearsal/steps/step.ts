import type { Stage } from "../stage.ts";

/** One thing that a rehearsal does. */
export interface Step {
  readonly title: string;
  /** Resolves to what was seen. @throws Error that names what is wrong, and where it can be known, the cause */
  readonly run: (stage: Stage) => Promise<string>;
}
