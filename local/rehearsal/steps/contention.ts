import type { Step } from "./step.ts";

export const contention: Step = {
  title: "Two deploys at once contend for the state's lock",
  run: async (stage) => {
    const [one, other] = await Promise.all([stage.deploy(), stage.deploy()]);
    const outcomes = await Promise.all([one.apply("-lock-timeout=0s"), other.apply("-lock-timeout=0s")]);
    const locked = outcomes.filter(
      ({ code, output }) => code !== 0 && output.includes("Error acquiring the state lock"),
    );
    if (locked.length !== 1) {
      throw new Error(
        `exactly one of two should be refused the lock, ${locked.length} were: ${outcomes.map(({ code }) => code).join(", ")}`,
      );
    }
    return "one went through, the other was refused the lock";
  },
};
