import { ApiError } from "./api-error.ts";
import { type JsonObject, mapObjectTexts, textsIn } from "./json.ts";
import type { Call } from "./kind.ts";
import type { Resource } from "./state.ts";

const origin = "https://www.googleapis.com/compute/v1/";

/** The whole address under which compute names a resource, wherever it is served from. */
export function selfLink(name: string): string {
  return origin + name;
}

const reference =
  /^(?:https?:\/\/[^/]+\/compute\/(?:v1|beta)\/)?(projects\/[^/]+\/(?:global|regions\/[^/]+|zones\/[^/]+)\/([A-Za-z]+)\/[^/]+)$/;

/** Regions exist without being made; the provider puts `global/` before them here and there, and Google does not mind. */
const regionReference =
  /^(?:https?:\/\/[^/]+\/compute\/v1\/)?(projects\/[^/]+)\/(?:global\/)?(regions\/[^/]+)$/;

/** The relative name that a text refers to; undefined where it is no reference to a compute resource. */
export function referredName(call: Call, text: string): string | undefined {
  const name = reference.exec(text)?.[1];
  return name === undefined ? undefined : call.world.projects.withId(name);
}

/**
 * Turns every reference in a body into a whole address and refuses those to what does not exist: `projects/p/global/x/y`
 * and the address of this very server become `https://www.googleapis.com/compute/v1/projects/p/global/x/y`.
 */
export function checkComputeReferences(body: JsonObject, call: Call, owner?: string): JsonObject {
  return mapObjectTexts(body, (text) => {
    const region = regionReference.exec(text);
    if (region !== null) return selfLink(call.world.projects.withId(`${region[1]}/${region[2]}`));
    const name = referredName(call, text);
    if (name === undefined) return text;
    if (name !== owner && call.world.state.get("compute", name) === undefined) {
      throw new ApiError("NOT_FOUND", `The resource '${name}' was not found`);
    }
    return selfLink(name);
  });
}

/** Whether a resource refers to the one named. */
export function isUsing(resource: Resource, name: string): boolean {
  if (resource.name === name) return false;
  const link = selfLink(name);
  for (const text of textsIn(resource.body)) if (text === link) return true;
  return false;
}
