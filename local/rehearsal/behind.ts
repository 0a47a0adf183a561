import type { Stage } from "./stage.ts";

/** What the platform knows of a failure that the person cannot see: refusals of the store and the edge, the app's log. */
export function behind(stage: Stage): string {
  const { platform, facts } = stage;
  const web = platform.world.state
    .all({ collection: "run.projects.locations.services" })
    .find(({ name }) => name.endsWith("-web"));
  const log = web === undefined ? [] : platform.containers.logOf(web.name);
  const warnings = log
    .filter((line) => /"severity":"(WARNING|ERROR|CRITICAL)"|"level":(40|50|60)/.test(line))
    .slice(-3);
  const causes = [
    ...new Set([...platform.world.denials.slice(-3), ...platform.edge.faults.slice(-3), ...warnings]),
  ];
  return causes.length === 0 ? `(nothing behind ${facts.domain} says why)` : causes.join("\n");
}
