import { walkPersonsPath } from "../persons-path.ts";
import type { Stage } from "../stage.ts";
import type { Step } from "./step.ts";

async function expectRed(stage: Stage, what: string): Promise<string> {
  try {
    await stage.deployAgain();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error(`${what} was called a success`);
}

function summary(text: string): string {
  return text.split("\n").find((line) => line.startsWith("Error")) ?? text.slice(0, 200);
}

export const brokenVersion: Step = {
  title: "A broken version: the old one serves on, and the deploy stays red",
  run: async (stage) => {
    stage.copy.edit("app/web.ts", (text) => `throw new Error("broken by the rehearsal");\n${text}`);
    stage.copy.commit("Break the app");
    const first = await expectRed(stage, "a version that cannot start");
    await walkPersonsPath(stage);
    const second = await expectRed(stage, "the same broken version, deployed again,");
    await walkPersonsPath(stage);
    return `first: ${summary(first)}\nagain: ${summary(second)}\nmeanwhile the old version served`;
  },
};
