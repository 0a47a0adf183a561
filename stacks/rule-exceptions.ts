import type { TerraformStack } from "cdktf";
import { suppress } from "../constructs/rules/index.ts";

export interface RuleExceptions {
  /** The environment's facts take the protection of data away. */
  readonly isUnprotected: boolean;
  /** The environment's facts say that it is being left. */
  readonly isLeft: boolean;
}

/** What the rules may not ask of a stack because its environment's facts say otherwise, with the reason. */
export function exceptFromRules(stack: TerraformStack, { isUnprotected, isLeft }: RuleExceptions): void {
  if (isUnprotected) {
    suppress(
      stack,
      "deletion-protection",
      "The environment's facts say deletionProtection: false: what is in it may be lost, and it is rebuilt often.",
    );
  }
  if (isLeft) {
    suppress(
      stack,
      "emptied-on-destroy",
      "The environment's facts say retire: true: it is being left on purpose.",
    );
  }
}
