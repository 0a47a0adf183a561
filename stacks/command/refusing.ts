import { areAllLoopback } from "../../constructs/apply/endpoints.mts";
import { endpointVariables } from "../endpoint-variables.ts";
import { refusalsOf, refusalsOfImage } from "../refusals.ts";
import { environmentOf, isBootstrap } from "./request.ts";

/**
 * Says what the first step of an apply to Google would say, before Terraform asks for the state: the bucket of an
 * example is nobody's, or somebody else's.
 *
 * @throws Error with every refusal, each naming the file and line to edit
 */
export async function refuseToDeploy(
  stacks: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  if (areAllLoopback(endpointVariables, variables)) return;
  const refusals = stacks.flatMap((stack) => {
    const environment = environmentOf(stack);
    return environment === undefined ? [] : refusalsOf(environment);
  });
  if (!stacks.every(isBootstrap)) {
    const { photoImage } = await import("../photo-image.ts");
    refusals.push(...refusalsOfImage(photoImage));
  }
  if (refusals.length === 0) return;
  const list = [...new Set(refusals)].map((sentence) => `  - ${sentence}`).join("\n");
  throw new Error(`This cannot be deployed to Google as it is:\n${list}`);
}
