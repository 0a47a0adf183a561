import type { SynthesizedBlock, SynthesizedStack } from "./synthesized-stack.ts";

/** One place of a stack that breaks a rule. */
export interface Breach {
  /** The resource or data source that breaks it; the stack itself when left out. */
  readonly at?: SynthesizedBlock;
  /** What was found, with the value received and what is allowed. One sentence without a full stop. */
  readonly what: string;
}

/**
 * A check of one synthesised stack. A rule knows no stack, environment or product, reads only what Terraform
 * will read, and asks neither the network nor the machine.
 */
export interface Rule {
  /** Kebab-case, stable: suppressions name it. */
  readonly id: string;
  /** Why it matters: what happens when the rule is broken. One sentence. */
  readonly reason: string;
  /** What to write instead. One sentence. */
  readonly remedy: string;
  /** Every place that breaks the rule; nothing when the stack keeps it. */
  readonly findBreaches: (stack: SynthesizedStack) => Iterable<Breach>;
}
