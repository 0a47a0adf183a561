import { walkPersonsPath } from "../persons-path.ts";
import type { Stage } from "../stage.ts";
import type { Step } from "./step.ts";

const broken = 'throw new Error("broken by the rehearsal");\n';

/** The app cannot start any more. */
export function breakApp(stage: Stage): void {
  stage.copy.edit("app/web.ts", (text) => broken + text);
}

export function mendApp(stage: Stage): void {
  stage.copy.edit("app/web.ts", (text) => text.replace(broken, ""));
}

/** Deploys what was synthesised last, and resolves to why Terraform failed. @throws Error where it did not */
export async function expectRed(stage: Stage, what: string): Promise<string> {
  try {
    await stage.deploySynthesised();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error(`${what} was called a success`);
}

/** The line that says what failed. */
export function summary(text: string): string {
  return text.split("\n").find((line) => line.startsWith("Error")) ?? text.slice(0, 200);
}

export const brokenVersion: Step = {
  title: "There: a broken version: the old one serves on, and the deploy stays red",
  run: async (stage) => {
    breakApp(stage);
    stage.copy.commit("Break the app");
    await stage.synthesise();
    const first = await expectRed(stage, "a version that cannot start");
    await walkPersonsPath(stage);
    const second = await expectRed(stage, "the same broken version, deployed again,");
    await walkPersonsPath(stage);
    return `first: ${summary(first)}\nagain: ${summary(second)}\nmeanwhile the old version served`;
  },
};
