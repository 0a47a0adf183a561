import type { Environment } from "./environment.ts";
import type { Fault } from "./fault.ts";
import { numbersCommand } from "./github-numbers.ts";
import { githubNumber, refName, repositoryName } from "./patterns.ts";

/** What is wrong with who may deploy. */
export function findDeploymentFaults({ deployments }: Environment): Fault[] {
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
        instead: `must be GitHub's number as a text of digits: the ${field === "id" ? "first" : "second"} that ${numbersCommand(repository.name)} prints`,
      });
    }
  }
  return faults;
}
