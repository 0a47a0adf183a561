import { GcsBackend, LocalBackend } from "cdktf";
import type { TerraformStack } from "cdktf";
import type { Environment } from "../environments/index.ts";

/** The environment's state lies in the bucket that its bootstrap stack made; Google locks it during an apply. */
export function keepStateInBucket(stack: TerraformStack, { stateBucket }: Environment): void {
  new GcsBackend(stack, { bucket: stateBucket, prefix: stack.node.id });
}

/** The bootstrap stack's state is a file of the checkout until the bucket is there. */
export function keepBootstrapState(stack: TerraformStack, environment: Environment): void {
  switch (environment.bootstrapState) {
    case "local":
      // From the stack's folder below cdktf.out to the checkout's root; the default would be an absolute path.
      new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
      return;
    case "bucket":
      keepStateInBucket(stack, environment);
  }
}
