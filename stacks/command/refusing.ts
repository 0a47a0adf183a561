import { areAllLoopback } from "../../constructs/apply/endpoints.mts";
import { endpointVariables } from "../endpoint-variables.ts";
import { refusalsOf, refusalsOfImage } from "../refusals.ts";
import { environmentOf, isBootstrap } from "./request.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Says what the first step of an apply to Google would say, before Terraform asks for the state: the bucket of an
 * example is nobody's, or somebody else's.
 *
 * @throws Error with every refusal, each naming the file and line to edit
 */
export async function refuseToDeploy(stacks: readonly string[], variables: Variables): Promise<void> {
  const refusals = await findRefusals(stacks, variables);
  if (refusals.length === 0) return;
  throw new Error(`This cannot be deployed to Google as it is:\n${listOf(refusals)}`);
}

/** What to mend where a plan failed: Terraform's own words are about a bucket of state that an example names. */
export async function describeRefusals(
  stacks: readonly string[],
  variables: Variables,
): Promise<string | undefined> {
  const refusals = await findRefusals(stacks, variables);
  return refusals.length === 0 ? undefined : `Before this can be planned, mend:\n${listOf(refusals)}`;
}

function listOf(refusals: readonly string[]): string {
  return refusals.map((sentence) => `  - ${sentence}`).join("\n");
}

/** Each once, in the order of the stacks; none where everything is redirected to this machine. */
async function findRefusals(stacks: readonly string[], variables: Variables): Promise<readonly string[]> {
  if (areAllLoopback(endpointVariables, variables)) return [];
  const refusals = stacks.flatMap((stack) => {
    const environment = environmentOf(stack);
    return environment === undefined ? [] : refusalsOf(environment);
  });
  if (!stacks.every(isBootstrap)) {
    const { photoImage } = await import("../photo-image.ts");
    refusals.push(...refusalsOfImage(photoImage));
  }
  return [...new Set(refusals)];
}
