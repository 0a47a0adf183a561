import { redactPurged } from "../../app/catalog/history/redact-purged.ts";
import { touchedRows } from "../../app/catalog/history/touched-rows.ts";
import { type OpenLimits, OpenPeople, type Person } from "../../app/catalog/open-people.ts";
import { publishOutbox } from "../../app/catalog/outbox/publish-outbox.ts";
import { sequenceOf, tokenOf } from "../../app/catalog/token.ts";
import type { Effect } from "../../app/catalog/person/effects.ts";
import { organisationModel } from "../../app/catalog/organisation/organisation-model.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { type Entry, NewerEntryError, decodeEntry } from "../../app/catalog/protocol/entry.ts";
import { CatalogBusyError, CommitFailedError, InvalidTokenError } from "../../app/catalog/protocol/errors.ts";
import { RefusalError } from "../../app/catalog/protocol/model.ts";
import type { Notify } from "../../app/catalog/protocol/notice.ts";
import type { Surroundings } from "../../app/catalog/protocol/surroundings.ts";
import type { View, ViewEngine } from "../../app/catalog/protocol/view.ts";
import type { ObjectStore } from "../../app/storage/object-store.ts";
import type { Told } from "./history.ts";
import { type AnyCommand, organisation } from "./owners.ts";

/** What differs from release to release; loadRelease() gives those of later ones. */
export type Release = typeof import("./release.ts");

export { publishOutbox, redactPurged, sequenceOf, tokenOf, touchedRows };

export interface CatalogParts<V extends View> {
  readonly store: ObjectStore;
  readonly engines: { readonly person: ViewEngine<V>; readonly organisation: ViewEngine<V> };
  readonly surroundings: Surroundings;
  readonly writer: string;
  readonly notify: Notify;
  readonly limits: Partial<OpenLimits>;
}

/** Gives the catalog of each owner. */
export type CatalogOf<V extends View> = (owner: string) => Person<V, AnyCommand, unknown>;

/** Everybody's catalog and the organisation's, as the release serves them. */
export function openCatalogs<V extends View>({ engines, ...parts }: CatalogParts<V>): CatalogOf<V> {
  const people = new OpenPeople({ ...parts, engine: engines.person, model: personModel });
  const shared = new OpenPeople({ ...parts, engine: engines.organisation, model: organisationModel });
  return (owner) => (owner === organisation ? shared.of(owner) : people.of(owner));
}

export function readEntry(bytes: Uint8Array, sequence: number, owner: string): Entry<unknown> {
  return owner === organisation
    ? decodeEntry(bytes, sequence, organisationModel)
    : decodeEntry(bytes, sequence, personModel);
}

/** Of a person's catalog. */
export function readPersonEntry(bytes: Uint8Array, sequence: number): Entry<Effect> {
  return decodeEntry(bytes, sequence, personModel);
}

/**
 * What a client makes of the error that it is sent.
 *
 * @throws what no weather explains: code that is wrong, here or where a rule was taken out
 */
export function toldOfError(error: unknown): Told {
  throwWrongCode(error);
  if (error instanceof RefusalError) return { kind: "refused", code: error.code };
  if (error instanceof CommitFailedError || error instanceof CatalogBusyError) {
    return { kind: "not-made", code: error.code };
  }
  if (error instanceof NewerEntryError) return { kind: "unreadable" };
  return { kind: "unknown" };
}

/**
 * Why a question was not answered.
 *
 * @throws as toldOfError
 */
export function reasonOf(error: unknown): string {
  throwWrongCode(error);
  return error instanceof InvalidTokenError || error instanceof NewerEntryError ? error.code : "failed";
}

function throwWrongCode(error: unknown): void {
  if (error instanceof TypeError || error instanceof ReferenceError || error instanceof SyntaxError)
    throw error;
}
