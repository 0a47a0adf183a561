import type { Command } from "../../app/catalog/command.ts";
import { organisationModel } from "../../app/catalog/organisation/organisation-model.ts";
import type { OrganisationCommand } from "../../app/catalog/organisation-catalog.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { MemoryEngine } from "./memory-view.ts";
import type { RealEngine } from "./simulated-views.ts";

/** Whose catalog is the one that all people of the organisation share. */
export const organisation = "organisation";

export type AnyCommand = Command | OrganisationCommand;

/** What makes views of either kind of catalog. */
export interface Engines {
  readonly person: RealEngine;
  readonly organisation: RealEngine;
}

export function memoryEngines(): Engines {
  return {
    person: new MemoryEngine(personModel.tables),
    organisation: new MemoryEngine(organisationModel.tables),
  };
}
