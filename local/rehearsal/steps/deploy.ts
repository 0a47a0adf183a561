import { withRefusals } from "../behind.ts";
import type { Step } from "./step.ts";

export const deploy: Step = {
  title: "The deployer deploys everything, image and page included",
  run: (stage) => withRefusals(stage, () => stage.deploySynthesised()),
};
