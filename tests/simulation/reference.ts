import { organisationModel } from "../../app/catalog/organisation/organisation-model.ts";
import type { Effect } from "../../app/catalog/person/effects.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { Changes } from "../../app/catalog/protocol/changes.ts";
import { Draft } from "../../app/catalog/protocol/draft.ts";
import { type Entry, type EntryCommand, hashRequest } from "../../app/catalog/protocol/entry.ts";
import { type Decision, type Model, RefusalError } from "../../app/catalog/protocol/model.ts";
import {
  keyLifetimeMilliseconds,
  layCommand,
  layEntries,
  positionAfter,
} from "../../app/catalog/protocol/replay.ts";
import type { Tables } from "../../app/catalog/protocol/tables.ts";
import type { Bucket } from "./bucket.ts";
import { MemoryView } from "./memory-view.ts";
import { type AnyCommand, organisation } from "./owners.ts";
import type { Release } from "./release.ts";

export interface WrittenEntry<E = unknown> {
  readonly entry: Entry<E>;
  readonly writtenAt: number;
}

/** The log as it was written, whatever was redacted since. @throws when it has gaps or cannot be read */
export function readLog(bucket: Bucket, owner: string, release: Release): WrittenEntry[] {
  return readWritten(bucket, owner, (bytes, sequence) => release.readEntry(bytes, sequence, owner));
}

export function readPersonLog(bucket: Bucket, owner: string, release: Release): WrittenEntry<Effect>[] {
  return readWritten(bucket, owner, release.readPersonEntry);
}

function readWritten<E>(
  bucket: Bucket,
  owner: string,
  read: (bytes: Uint8Array, sequence: number) => Entry<E>,
): WrittenEntry<E>[] {
  return bucket.list(`catalog/${owner}/log/`).map(({ name }, index) => {
    const sequence = index + 1;
    if (!name.endsWith(`/${String(sequence).padStart(12, "0")}.json`)) {
      throw new Error(`entry ${sequence} of ${owner} is missing: found ${name}`);
    }
    const kept = bucket.get(name);
    if (kept === undefined) throw new Error(`${name} vanished`);
    return { entry: read(kept.original, sequence), writtenAt: kept.createdAt };
  });
}

/** What the state after so many commands makes of a command. */
export type Verdict =
  | {
      readonly kind: "known";
      readonly isSameRequest: boolean;
      readonly sequence: number;
      readonly subject: string | null;
    }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "accepted"; readonly decision: Decision<unknown> };

/** One after the other, each command of a log on the state that the ones before it left: what must have happened. */
export interface Reference {
  readonly owner: string;
  readonly view: MemoryView;
  layCommand(command: EntryCommand<unknown>, entry: Entry<unknown>): void;
  endEntry(entry: Entry<unknown>): void;
  judge(command: AnyCommand, key: string, at: string): Promise<Verdict>;
  answer(subject: string | null): Promise<unknown>;
}

export function referenceOf(owner: string): Reference {
  return owner === organisation
    ? new ReferenceBy(owner, organisationModel)
    : new ReferenceBy(owner, personModel);
}

class ReferenceBy<T extends Tables, C, E, A> {
  readonly owner: string;
  readonly view: MemoryView;
  readonly #model: Model<T, C, E, A>;

  constructor(owner: string, model: Model<T, C, E, A>) {
    this.owner = owner;
    this.#model = model;
    this.view = new MemoryView(model.tables);
    this.view.lay(model.initial(owner));
  }

  layCommand(command: EntryCommand<E>, entry: Entry<E>): void {
    const changes = new Changes(this.#model.tables);
    layCommand(command, this.#model, changes, { owner: this.owner, at: entry.at, sequence: entry.seq });
    this.view.lay(changes);
  }

  endEntry(entry: Entry<E>): void {
    const changes = new Changes(this.#model.tables);
    layEntries([{ ...entry, commands: [] }], this.owner, this.#model, changes);
    this.view.lay(changes);
    this.view.position = positionAfter(entry);
  }

  async judge(command: C, key: string, at: string): Promise<Verdict> {
    const draft = new Draft<T>(this.view, this.#model.tables);
    const known = await draft.key(key);
    if (known !== undefined && Date.parse(known.at) >= Date.parse(at) - keyLifetimeMilliseconds) {
      const { sequence, subject } = known;
      const request = hashRequest(this.#model.requestOf?.(command) ?? command);
      return { kind: "known", isSameRequest: known.request === request, sequence, subject };
    }
    try {
      const decision = await this.#model.decide(command, draft, { owner: this.owner, at });
      return { kind: "accepted", decision };
    } catch (error) {
      if (error instanceof RefusalError) return { kind: "refused", code: error.code };
      throw error;
    }
  }

  async answer(subject: string | null): Promise<A> {
    return await this.#model.answer({ subject }, new Draft<T>(this.view, this.#model.tables));
  }
}
