import { areAllLoopback } from "../../constructs/apply/endpoints.mts";
import { endpointVariables } from "../endpoint-variables.ts";
import { refusalsOf, refusalsOfImage } from "../refusals.ts";
import { environmentOf, isBootstrap } from "./request.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const openings = {
  /** What the first step of an apply to Google would say, before Terraform asks for the state. */
  deploy: "This cannot be deployed to Google as it is:",
  /** Where a plan failed: Terraform's own words are about a bucket of state that an example names. */
  plan: "Before this can be planned, mend:",
} as const;

/**
 * Why stacks must not be deployed to Google as they are, or what to mend where their plan failed: every refusal, each
 * with the file and line to edit. Undefined where there is none.
 *
 * @throws Error that names the variable, where one that redirects the provider has no address
 */
export async function describeRefusals(
  opening: keyof typeof openings,
  stacks: readonly string[],
  variables: Variables,
): Promise<string | undefined> {
  const refusals = await findRefusals(stacks, variables);
  if (refusals.length === 0) return undefined;
  return [openings[opening], ...refusals.map((sentence) => `  - ${sentence}`)].join("\n");
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
