import type { Step } from "./step.ts";

export const deploy: Step = {
  title: "The deployer deploys everything, image and page included",
  run: (stage) => stage.deployAgain(),
};
