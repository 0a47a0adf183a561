import { whileCompanyWorks } from "../company/company.ts";
import { walkPersonsPath } from "../persons-path.ts";
import { formatChanges } from "../terraform.ts";
import type { Step } from "./step.ts";

export const wayBack: Step = {
  title: "Back to the first commit",
  run: async (stage) => {
    stage.copy.checkOut(stage.firstCommit);
    await stage.synthesise();
    const meanwhile = await whileCompanyWorks(stage, () => stage.deploySynthesised());
    const changes = await stage.plan();
    if (changes.length > 0) throw new Error(`after going back the plan would\n${formatChanges(changes)}`);
    await walkPersonsPath(stage);
    return `deployed, and plans nothing; ${meanwhile}`;
  },
};
