import { forEveryPerson } from "../../app/maintenance/everyone.ts";
import { type KeepUpDependencies, keepingUp } from "../../app/maintenance/keep-up.ts";
import { type PublishTaskDependencies, publishing } from "../../app/maintenance/publish.ts";
import { type PurgeDependencies, purging } from "../../app/maintenance/purge.ts";
import type { Figures } from "../../app/maintenance/upkeep.ts";

/** Kinds of upkeep that share a walk over everybody, each in a walk of its own. */
export function keepUp(dependencies: KeepUpDependencies): Promise<Figures> {
  return forEveryPerson(dependencies, keepingUp(dependencies));
}

export function publish(dependencies: PublishTaskDependencies): Promise<Figures> {
  return forEveryPerson(dependencies, publishing(dependencies));
}

export function purge(dependencies: PurgeDependencies): Promise<Figures> {
  return forEveryPerson(dependencies, purging(dependencies));
}
