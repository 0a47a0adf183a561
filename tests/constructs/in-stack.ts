import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import { TerraformStack } from "cdktf";
import { synthesise } from "../stacks/plan-json.ts";
import type { SynthesisedStack } from "../stacks/plan-json.ts";

/** What a few constructs make in a stack of their own. */
export function inStack(declare: (stack: TerraformStack) => void): SynthesisedStack {
  return synthesise((app) => {
    const stack = new TerraformStack(app, "example");
    new GoogleProvider(stack, "google", { project: "acme-photos", region: "europe-west1" });
    declare(stack);
    return stack;
  });
}
