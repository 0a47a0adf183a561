import { declaredTypes } from "../declaration.ts";
import { platformTypes } from "../platform-types.ts";
import type { Stage } from "../stage.ts";
import { formatChanges } from "../terraform.ts";
import type { Step } from "./step.ts";

/** Every type that is declared is there, and the list written by hand knows it. @returns how many there are */
async function checkTypes(stage: Stage): Promise<number> {
  const { environment } = stage.facts;
  const declared = declaredTypes(stage.outdir, [environment, `bootstrap-${environment}`]);
  const made = await stage.typesInState();
  const missing = declared.filter((type) => !made.includes(type));
  if (missing.length > 0)
    throw new Error(`declared, and not in Terraform's state after the deploy: ${missing.join(", ")}`);
  const unlisted = made.filter((type) => platformTypes[type] === undefined);
  if (unlisted.length > 0)
    throw new Error(`local/rehearsal/platform-types.ts does not list ${unlisted.join(", ")}: add them there`);
  return made.length;
}

export const secondPlan: Step = {
  title: "A second plan is empty",
  run: async (stage) => {
    await stage.synthesise();
    const plans = await Promise.all([stage.plan(), stage.bootstrap().then((bootstrap) => bootstrap.plan())]);
    const changes = plans.flat();
    if (changes.length > 0)
      throw new Error(`nothing changed, and yet the plan would\n${formatChanges(changes)}`);
    const types = await checkTypes(stage);
    return `environment and bootstrap: no changes\n${types} resource types created, and read back without drift`;
  },
};
