import type { DeploymentFacts } from "./environment.ts";
import type { Fault } from "./fault.ts";
import { githubNumber, refName, repositoryName } from "./patterns.ts";

/** What is wrong with who may deploy. */
export function findDeploymentFaults(deployments: DeploymentFacts): Fault[] {
  if (deployments.kind === "by-hand") return [];
  const faults: Fault[] = [];
  const [whence, ref] =
    deployments.kind === "from-branch"
      ? (["branch", deployments.branch] as const)
      : (["environment", deployments.environment] as const);
  if (!refName.test(ref)) {
    faults.push({
      fact: `deployments.${whence}`,
      received: ref,
      instead: "must be letters, digits, '.', '_', '/' and '-', as GitHub spells it",
    });
  }
  const { repository } = deployments;
  // Types are not checked before a synthesis, and the name alone is what one would write.
  if (typeof repository !== "object") {
    faults.push({
      fact: "deployments.repository",
      received: repository,
      instead: `must be { name: "OWNER/NAME", id: "…", ownerId: "…" }, for a name can be taken over: ${ask("OWNER/NAME")} prints both numbers`,
    });
    return faults;
  }
  if (!repositoryName.test(repository.name)) {
    faults.push({
      fact: "deployments.repository.name",
      received: repository.name,
      instead: "must be OWNER/NAME as GitHub spells it",
    });
  }
  for (const field of ["id", "ownerId"] as const) {
    if (!githubNumber.test(repository[field])) {
      faults.push({
        fact: `deployments.repository.${field}`,
        received: repository[field],
        instead: `must be GitHub's number as a text of digits: the ${field === "id" ? "first" : "second"} that ${ask(repository.name)} prints`,
      });
    }
  }
  return faults;
}

function ask(name: string): string {
  return `\`gh api repos/${name} --jq '.id, .owner.id'\``;
}
