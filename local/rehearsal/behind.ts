import { objectsAt, textAt } from "../google-apis/engine/json.ts";
import type { Resource } from "../google-apis/engine/state.ts";
import type { Stage } from "./stage.ts";

/** Where the app would take assertions for another backend than the one that it stands behind. */
function audienceFault(stage: Stage, services: readonly Resource[]): string[] {
  const { world } = stage.platform;
  const web = services.find(({ name }) => name.endsWith("-web"));
  const [container] = objectsAt(web?.body, "template.containers");
  const expected = objectsAt(container, "env").find(({ name }) => name === "IAP_AUDIENCE");
  const signed = world.state
    .all({ collection: "compute.backendServices" })
    .map(
      ({ name, body }) =>
        `/projects/${world.projects.of(name)?.projectNumber}/global/backendServices/${textAt(body, "id")}`,
    );
  const audience = textAt(expected, "value");
  if (audience === "" || signed.includes(audience)) return [];
  return [
    `the app expects assertions for '${audience}', and the identity proxy signs them for '${signed.join("', '")}'`,
  ];
}

/** What the platform knows of a failure that the person cannot see: refusals of the APIs, the store, the edge and the events, the app's log. */
export function behind(stage: Stage): string {
  const { platform, facts } = stage;
  const services = platform.world.state.all({ collection: "run.projects.locations.services" });
  const warnings = services.flatMap(({ name }) =>
    platform.containers
      .logOf(name)
      .filter((line) => /"severity":"(WARNING|ERROR|CRITICAL)"|"level":(40|50|60)/.test(line))
      .slice(-3)
      .map((line) => `${name.split("/").at(-1)}: ${line}`),
  );
  const { world, edge, events, schedules } = platform;
  const refused = world.log
    .all()
    .filter(({ status }) => status >= 400)
    .map(({ verb, path, caller, status, reply }) => {
      const said = textAt(reply, "error.message");
      return `${caller ?? "nobody"} asked ${verb} ${path} and was answered ${status}: ${said}`;
    });
  const causes = [
    ...new Set([
      ...refused.slice(-3),
      ...world.denials.slice(-3),
      ...edge.faults.slice(-3),
      ...events.faults.slice(-3),
      ...schedules.faults.slice(-3),
      ...audienceFault(stage, services),
      ...warnings,
    ]),
  ];
  return causes.length === 0 ? `(nothing behind ${facts.domain} says why)` : causes.join("\n");
}

/** Does something; where it fails, its message says also what the store refused meanwhile. */
export async function withRefusals<T>(stage: Stage, attempt: () => Promise<T>): Promise<T> {
  const { denials } = stage.platform.world;
  const before = denials.length;
  try {
    return await attempt();
  } catch (error) {
    const refused = [...new Set(denials.slice(before))].slice(-3);
    if (refused.length === 0) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new Error(`${said}\nmeanwhile refused: ${refused.join("; ")}`, { cause: error });
  }
}
