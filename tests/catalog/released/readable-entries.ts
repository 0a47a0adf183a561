import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { organisationModel } from "../../../app/catalog/organisation/organisation-model.ts";
import { personModel } from "../../../app/catalog/person/person-model.ts";
import { entryVersions } from "../../../app/catalog/protocol/entry.ts";

/** What a release can read in a log. */
export interface ReadableEntries {
  readonly newestVersion: number;
  /** Kinds of effects, by whose catalog it is. */
  readonly person: readonly string[];
  readonly organisation: readonly string[];
}

const file = join(import.meta.dirname, "readable-entries.json");

/** Of the release before this one. */
export function readableBefore(): ReadableEntries {
  return JSON.parse(readFileSync(file, "utf8")) as ReadableEntries;
}

export function keepReadable(): string {
  const readable: ReadableEntries = {
    newestVersion: entryVersions.newestReadable,
    person: personModel.effectKinds.toSorted(),
    organisation: organisationModel.effectKinds.toSorted(),
  };
  writeFileSync(file, `${JSON.stringify(readable, undefined, 2)}\n`);
  return file;
}

// `node tests/catalog/released/readable-entries.ts`, once a release is out: what it reads may be written from now on.
if (import.meta.main) process.stdout.write(`kept what this release reads in ${keepReadable()}\n`);
