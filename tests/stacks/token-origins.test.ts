import { App, Lazy, TerraformOutput, TerraformStack, Testing } from "cdktf";
import { expect, test } from "vitest";
import { forgetTokenOrigins } from "../../stacks/token-origins.ts";

const unresolvable = (): string =>
  Lazy.stringValue({
    produce: () => {
      throw new Error("the tide is out");
    },
  });

test("a token that cannot be resolved still says why, without where it was made", () => {
  const stack = new TerraformStack(new App(), "production");
  const before = new TerraformOutput(stack, "before", { value: unresolvable() });
  expect(() => Testing.synth(stack)).toThrow("Object creation stack");
  stack.node.tryRemoveChild(before.node.id);
  forgetTokenOrigins();
  new TerraformOutput(stack, "after", { value: unresolvable() });
  expect(() => Testing.synth(stack)).toThrow(/^Resolution error: the tide is out\.$/);
});
