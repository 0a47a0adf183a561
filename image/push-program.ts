/**
 * The step of an apply that brings an image into its registry, unless it is there. Given by the environment:
 * `REFERENCE` (registry, repository and tag), `RECIPE` (the prepared folder), and for rehearsals
 * `IMGSTREAM_REGISTRY_ENDPOINT` (where the registry answers, on this machine only).
 */
import { type ProgramVariables, pushRecipe } from "./push-recipe.ts";

try {
  const variables: ProgramVariables = process.env;
  await pushRecipe(variables, (line) => {
    console.log(line);
  });
} catch (error) {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
  console.error(`${error instanceof Error ? error.message : String(error)}${cause}`);
  process.exitCode = 1;
}
