import { isAllowed } from "../google-apis/engine/access.ts";
import { textAt, textsAt } from "../google-apis/engine/json.ts";
import type { Resource } from "../google-apis/engine/state.ts";
import type { World } from "../google-apis/engine/world.ts";

/** The Cloud Run service whose own address an origin is. */
export function serviceAt(world: World, origin: string): Resource | undefined {
  return world.state
    .all({ collection: "run.projects.locations.services" })
    .find(({ body }) => textAt(body, "uri") === origin);
}

/** Why Cloud Run would refuse an account's token for an audience, in words; undefined where it lets it pass. */
export function runRefusal(
  world: World,
  service: Resource,
  account: string,
  audience: string,
): string | undefined {
  if (![textAt(service.body, "uri"), ...textsAt(service.body, "customAudiences")].includes(audience)) {
    return `${audience} is no audience of ${service.name}`;
  }
  if (!isAllowed(world, `serviceAccount:${account}`, "run.routes.invoke", "run", service.name)) {
    return `${account} may not invoke ${service.name}: its invoker grant is missing`;
  }
  return undefined;
}
