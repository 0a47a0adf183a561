import { uploadOne, walkPersonsPath } from "../persons-path.ts";
import { formatChanges } from "../terraform.ts";
import type { Step } from "./step.ts";

export const wayBack: Step = {
  title: "Back to the first commit",
  run: async (stage) => {
    stage.copy.checkOut(stage.firstCommit);
    const kept = await uploadOne(stage, "before-going-back.jpg");
    await stage.deployAgain();
    const changes = await stage.plan();
    if (changes.length > 0) throw new Error(`after going back the plan would\n${formatChanges(changes)}`);
    await walkPersonsPath(stage);
    return `deployed, plans nothing, and the photo ${kept} from before is still there`;
  },
};
