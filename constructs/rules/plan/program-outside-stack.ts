import type { Rule } from "../rule.ts";

/** `../x`, or a path that only this machine has; `${path.module}/x` and `assets/x` are the stack's own. */
const outside = /(^|[\s"'=])(\.\.\/|~\/|\/(home|Users|root|tmp|var|opt|work|mnt)\/)/;

/** Programs that an apply runs come with the stack. */
export const programOutsideStack: Rule = {
  id: "program-outside-stack",
  reason:
    "The stack is applied on another machine, from another folder: the program is not there, or is another version.",
  remedy: "Ship the program as a TerraformAsset of the stack, and name it by the asset's path.",
  *findBreaches(stack) {
    for (const at of stack.resources()) {
      for (const path of ["provisioner.local-exec.command", "provisioner.local-exec.working_dir"]) {
        for (const text of at.texts(path)) {
          if (outside.test(text)) yield { at, what: `${path} names a path outside the stack: ${text}` };
        }
      }
    }
  },
};
