import type { TerraformStack } from "cdktf";
import type { Rule } from "../../../../constructs/rules/index.ts";

type Build = (stack: TerraformStack) => void;

/** A rule with stacks that break it, what it says about each, and a stack that keeps it. */
export interface RuleCase {
  readonly rule: Rule;
  readonly breaks: readonly { readonly build: Build; readonly says: readonly string[] }[];
  readonly keeps: Build;
}
