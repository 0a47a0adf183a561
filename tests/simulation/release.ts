import type { Command } from "../../app/catalog/command.ts";
import { redactPurged } from "../../app/catalog/history/redact-purged.ts";
import { touchedRows } from "../../app/catalog/history/touched-rows.ts";
import { type OpenLimits, OpenPeople } from "../../app/catalog/open-people.ts";
import { publishOutbox } from "../../app/catalog/outbox/publish-outbox.ts";
import type { Effect } from "../../app/catalog/person/effects.ts";
import { type PersonAnswer, personModel } from "../../app/catalog/person/person-model.ts";
import type { PersonTables } from "../../app/catalog/person/tables.ts";
import { type Entry, NewerEntryError, decodeEntry } from "../../app/catalog/protocol/entry.ts";
import { CatalogBusyError, CommitFailedError, InvalidTokenError } from "../../app/catalog/protocol/errors.ts";
import { RefusalError } from "../../app/catalog/protocol/model.ts";
import type { Notify } from "../../app/catalog/protocol/notice.ts";
import type { Surroundings } from "../../app/catalog/protocol/surroundings.ts";
import type { View, ViewEngine } from "../../app/catalog/protocol/view.ts";
import type { ObjectStore } from "../../app/storage/object-store.ts";
import type { Told } from "./history.ts";

/** What differs from release to release; loadRelease() gives those of later ones. */
export type Release = typeof import("./release.ts");

export { publishOutbox, redactPurged, touchedRows };

export interface PeopleParts<V extends View> {
  readonly store: ObjectStore;
  readonly engine: ViewEngine<V>;
  readonly surroundings: Surroundings;
  readonly writer: string;
  readonly notify: Notify;
  readonly limits: Partial<OpenLimits>;
}

export type People<V extends View> = OpenPeople<V, PersonTables, Command, Effect, PersonAnswer>;

/** Everybody's catalog as the release serves it. */
export function openPeople<V extends View>(parts: PeopleParts<V>): People<V> {
  return new OpenPeople({ ...parts, model: personModel });
}

export function readEntry(bytes: Uint8Array, sequence: number): Entry<Effect> {
  return decodeEntry(bytes, sequence, personModel);
}

/** What a client makes of the error that it is sent. */
export function toldOfError(error: unknown): Told {
  if (error instanceof RefusalError) return { kind: "refused", code: error.code };
  if (error instanceof CommitFailedError || error instanceof CatalogBusyError) {
    return { kind: "not-made", code: error.code };
  }
  if (error instanceof NewerEntryError) return { kind: "unreadable" };
  return { kind: "unknown" };
}

/** Why a question was not answered. */
export function reasonOf(error: unknown): string {
  return error instanceof InvalidTokenError || error instanceof NewerEntryError ? error.code : "failed";
}
