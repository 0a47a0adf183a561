import type { TerraformStack } from "cdktf";
import type { Rule } from "../../../../constructs/rules/index.ts";

type Build = (stack: TerraformStack) => void;

interface Break {
  readonly build: Build;
  /** What the rule says of it: one sentence for each place, with the address before it. */
  readonly says: readonly [string, ...string[]];
}

/** A rule with stacks that break it, what it says about each, and a stack that keeps it. */
export interface RuleCase {
  readonly rule: Rule;
  readonly breaks: readonly [Break, ...Break[]];
  readonly keeps: Build;
}
