import type { OrganisationCommand } from "../organisation-catalog.ts";
import { organisationOwner } from "../history/stored-logs.ts";
import { Changes } from "../protocol/changes.ts";
import type { Model } from "../protocol/model.ts";
import { decideForOrganisation } from "./commands.ts";
import {
  meanOrganisationEffect,
  type OrganisationEffect,
  organisationEffectKinds,
  parseOrganisationEffect,
  unwrittenOrganisationEffectKinds,
} from "./effects.ts";
import { type OrganisationTables, organisationTables } from "./tables.ts";

/** The organisation's catalog: directory, settings, flags, quotas, statistics. */
export const organisationModel: Model<
  OrganisationTables,
  OrganisationCommand,
  OrganisationEffect,
  undefined
> = {
  tables: organisationTables,
  viewVersion: 1,
  retiredFormats: [],

  isOwner: (name) => name === organisationOwner,

  initial: () => new Changes(organisationTables),

  needs(command) {
    switch (command.kind) {
      case "see-member":
      case "close-member":
      case "set-quota":
        return [{ table: "members", value: command.userId }];
      case "remove-flag":
        return [{ table: "flags", value: command.name }];
      case "set-setting":
      case "set-flag":
      case "record-statistics":
        return [];
    }
  },

  decide: decideForOrganisation,

  answer: async () => undefined,

  mean: meanOrganisationEffect,

  account(bytes) {
    if (bytes !== 0) throw new TypeError(`the organisation has no quota of its own, got ${bytes} bytes`);
  },

  effectKinds: organisationEffectKinds,
  unwrittenKinds: unwrittenOrganisationEffectKinds,
  parseEffect: parseOrganisationEffect,
};
