import { errorsIn } from "../terraform.ts";
import type { Step } from "./step.ts";

export const bootstrap: Step = {
  title: "The owner applies the bootstrap",
  run: async (stage) => {
    const terraform = await stage.bootstrap();
    const { code, output } = await terraform.apply();
    if (code !== 0) throw new Error(errorsIn(output));
    return /Apply complete! .*/.exec(output)?.[0] ?? "";
  },
};
