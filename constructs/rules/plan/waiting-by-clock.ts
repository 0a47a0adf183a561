import type { Rule } from "../rule.ts";

/** Order is by dependency, never by sleeping. */
export const waitingByClock: Rule = {
  id: "waiting-by-clock",
  reason:
    "A sleep is too short on a bad day and too long on all others, and hides which dependency is missing.",
  remedy: "Name what is waited for in depends_on; an apply-time step asks until it sees it.",
  *findBreaches(stack) {
    for (const at of stack.resources()) {
      if (at.type === "time_sleep") yield { at, what: "time_sleep waits for a while" };
      for (const command of at.texts("provisioner.local-exec.command")) {
        if (/(^|[;&|\s])sleep\s+[\d$]/.test(command)) yield { at, what: `a program sleeps: ${command}` };
      }
    }
  },
};
