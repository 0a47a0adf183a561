import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type {
  DayStatistics,
  Flag,
  Member,
  OrganisationCatalog,
} from "../../../app/catalog/organisation-catalog.ts";

/** What a release has left of the organisation's catalog, and what it answered when it was asked about it. */
export interface ReleasedOrganisation {
  readonly viewVersion: number;
  readonly objects: readonly {
    readonly name: string;
    readonly contentType: string;
    readonly base64: string;
  }[];
  readonly answers: OrganisationAnswers;
}

export interface OrganisationAnswers {
  readonly members: readonly Member[];
  /** By addresses in another case than they were given in. */
  readonly holders: readonly (string | null)[];
  readonly flags: readonly Flag[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly statistics: readonly DayStatistics[];
}

/** Addresses that record-organisation.ts gives: to nobody any more, to one member, and from one member to another. */
const addresses = ["LEFT@example.com", "ada@EXAMPLE.com", "Desk@Example.com"];

export async function organisationAnswersOf(organisation: OrganisationCatalog): Promise<OrganisationAnswers> {
  const holders = await Promise.all(addresses.map((address) => organisation.memberByEmail(address)));
  return {
    members: await organisation.members({ limit: 200 }),
    holders: holders.map((member) => member?.userId ?? null),
    flags: await organisation.flags(),
    settings: await organisation.settings(),
    statistics: await organisation.statistics("2026-01-01", "2026-12-31"),
  };
}

function fileOf(viewVersion: number): string {
  return join(import.meta.dirname, `organisation-view-${viewVersion}.json.gz`);
}

export function readReleasedOrganisation(viewVersion: number): ReleasedOrganisation {
  return JSON.parse(gunzipSync(readFileSync(fileOf(viewVersion))).toString()) as ReleasedOrganisation;
}

export function writeReleasedOrganisation(records: ReleasedOrganisation): string {
  const file = fileOf(records.viewVersion);
  writeFileSync(file, gzipSync(JSON.stringify(records), { level: 9 }), { flag: "wx" });
  return file;
}
