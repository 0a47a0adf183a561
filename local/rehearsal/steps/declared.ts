import { withRefusals } from "../behind.ts";
import { readDeclaration } from "../declaration.ts";
import { makeDeclared } from "../declared-only/make-declared.ts";
import { owner, type Stage } from "../stage.ts";
import type { Step } from "./step.ts";

async function make(stage: Stage, stack: string, member: string): Promise<string> {
  const { made, leftOut } = await makeDeclared({
    declared: readDeclaration(stage.outdir, stack),
    folder: stage.folderOf(stack),
    project: stage.facts.project,
    variables: stage.platform.variablesFor(member),
  });
  const types = [...leftOut].map(([type, count]) => `${type} (${count})`);
  return `${made} resources made\nleft out: ${types.join(", ")}`;
}

export const declaredBootstrap: Step = {
  title: "What the bootstrap declares is made by its owner",
  run: (stage) => make(stage, `bootstrap-${stage.facts.environment}`, owner),
};

export const declaredDeploy: Step = {
  title: "What the environment declares is made by its deployer",
  run: (stage) => withRefusals(stage, () => make(stage, stage.facts.environment, stage.deployer)),
};
