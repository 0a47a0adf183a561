import { errorsIn } from "../terraform.ts";
import type { Step } from "./step.ts";

/** Says in the environment's facts that it is left on purpose, and applies that: protections end, nothing goes yet. */
export const retiring: Step = {
  title: "Retiring: the facts say that it is left on purpose",
  run: async (stage) => {
    stage.copy.edit(`environments/${stage.facts.environment}.ts`, (text) =>
      text
        .replace("retire: false", "retire: true")
        .replace("deletionProtection: true", "deletionProtection: false"),
    );
    stage.copy.commit("Leave on purpose");
    await stage.synthesise();
    const bootstrap = await stage.bootstrap();
    const [{ code, output }, said] = await Promise.all([bootstrap.apply(), stage.deploySynthesised()]);
    if (code !== 0) throw new Error(`the bootstrap cannot be retired: ${errorsIn(output)}`);
    return said;
  },
};
