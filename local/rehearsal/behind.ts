import type { Stage } from "./stage.ts";

/** What the platform knows of a failure that the person cannot see: refusals of the store, the edge and the events, the app's log. */
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
  const { world, edge, events } = platform;
  const causes = [
    ...new Set([
      ...world.denials.slice(-3),
      ...edge.faults.slice(-3),
      ...events.faults.slice(-3),
      ...warnings,
    ]),
  ];
  return causes.length === 0 ? `(nothing behind ${facts.domain} says why)` : causes.join("\n");
}
