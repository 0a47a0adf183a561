import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { walkPersonsPath } from "../persons-path.ts";
import type { Stage } from "../stage.ts";
import { errorsIn } from "../terraform.ts";
import { breakApp, expectRed, mendApp } from "./broken-version.ts";
import type { Step } from "./step.ts";

const service = /^google_cloud_run_v2_service\.\S*web\S*$/m;
const firstRollOut = /^terraform_data\.\S*web\S*first-roll-out\S*$/m;

/** As before the first deploy: the service was never there, everything else is. */
async function removeService(stage: Stage): Promise<void> {
  const terraform = await stage.deploy();
  const list = await terraform.succeed("state", "list");
  const targets = [service, firstRollOut].flatMap((pattern) => pattern.exec(list)?.[0] ?? []);
  if (targets.length === 0) throw new Error(`no web service is in the state:\n${list}`);
  const words = targets.map((address) => `-target=${address}`);
  const { code, output } = await terraform.destroy(...words);
  if (code !== 0) throw new Error(`the web service cannot be removed: ${errorsIn(output)}`);
}

function factsFile(stage: Stage): string {
  return `environments/${stage.facts.environment}.ts`;
}

function setProtection(stage: Stage, isProtected: boolean): void {
  stage.copy.edit(factsFile(stage), (text) =>
    text.replace(`deletionProtection: ${!isProtected}`, `deletionProtection: ${isProtected}`),
  );
}

/** Protected services cannot be removed: their protection ends by a deploy of its own. */
async function endProtection(stage: Stage): Promise<void> {
  if (!stage.copy.read(factsFile(stage)).includes("deletionProtection: true")) return;
  setProtection(stage, false);
  stage.copy.commit("End the protection");
  await stage.deployAgain();
}

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

/** A first deploy whose service cannot start, with deletion protection on, is mended by a rerun or by what it prints. */
export const failedFirstDeploy: Step = {
  title: "A first deploy that fails, under deletion protection, recovers",
  run: async (stage) => {
    await endProtection(stage);
    await removeService(stage);
    setProtection(stage, true);
    breakApp(stage);
    stage.copy.commit("Deploy for the first time what cannot start");
    const said = await expectRed(stage, "a first deploy that cannot start");
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
