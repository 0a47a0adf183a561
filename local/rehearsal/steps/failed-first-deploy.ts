import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { walkPersonsPath } from "../persons-path.ts";
import type { Stage } from "../stage.ts";
import { bootstrap } from "./bootstrap.ts";
import { breakApp, expectRed, mendApp, summary } from "./broken-version.ts";
import type { Step } from "./step.ts";

function protect(stage: Stage): void {
  const file = `environments/${stage.facts.environment}.ts`;
  if (stage.copy.read(file).includes("deletionProtection: true")) return;
  stage.copy.edit(file, (text) => text.replace("deletionProtection: false", "deletionProtection: true"));
}

export const bootstrapAside: Step = {
  title: "Meanwhile, in another empty project: its bootstrap",
  run: bootstrap.run,
};

/** The command that a red deploy printed, out of the frame that Terraform draws around errors. */
export function printedCommand(output: string): string | undefined {
  const lines = output.split("\n").map((line) => line.replace(/^[│\s]+/, "").trim());
  return lines.find((line) => /^\S*terraform -chdir=\S+ untaint \S+$/.test(line));
}

/** Runs it as somebody would who copied it from the terminal. Not synchronously: this process answers it. */
async function runPrinted(stage: Stage, command: string): Promise<void> {
  const environment = stage.platform.variablesFor(stage.deployer);
  await promisify(execFile)("/bin/sh", ["-c", command], { env: { ...process.env, ...environment } });
}

/** What the first deploy said, by the stage that it failed on. */
const saidOn = new WeakMap<Stage, string>();

export const failedFirstDeploy: Step = {
  title: "There: a first deploy, protected, of what cannot start, is red",
  run: async (stage) => {
    protect(stage);
    breakApp(stage);
    stage.copy.commit("Deploy for the first time what cannot start");
    await stage.synthesise();
    const said = await expectRed(stage, "a first deploy that cannot start");
    saidOn.set(stage, said);
    return summary(said);
  },
};

/** A first deploy whose service could not start, with deletion protection on, is mended by a rerun or by what it printed. */
export const recovery: Step = {
  title: "There: mended, it recovers by a rerun or by what was printed",
  run: async (stage) => {
    const said = saidOn.get(stage) ?? "";
    mendApp(stage);
    stage.copy.commit("Mend it");
    await stage.synthesise();
    const rerun = await stage.deploySynthesised().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const command = printedCommand(said);
    if (rerun !== undefined) {
      if (command === undefined) {
        throw new Error(`a rerun does not recover, and no command was printed:\n${said}\nrerun: ${rerun}`);
      }
      await runPrinted(stage, command);
      await stage.deploySynthesised();
    }
    await walkPersonsPath(stage);
    return rerun === undefined
      ? "mended and deployed again: serves"
      : `mended and deployed again: refused, as printed; then it ran\n${command}\nand deployed: serves`;
  },
};
