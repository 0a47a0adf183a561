import type { Command } from "../../app/catalog/command.ts";
import type { Effect } from "../../app/catalog/person/effects.ts";
import { type PersonAnswer, personModel } from "../../app/catalog/person/person-model.ts";
import type { PersonTables } from "../../app/catalog/person/tables.ts";
import { Changes } from "../../app/catalog/protocol/changes.ts";
import { Draft } from "../../app/catalog/protocol/draft.ts";
import { type Entry, hashRequest } from "../../app/catalog/protocol/entry.ts";
import { type Decision, RefusalError } from "../../app/catalog/protocol/model.ts";
import {
  keyLifetimeMilliseconds,
  layCommand,
  layEntries,
  positionAfter,
} from "../../app/catalog/protocol/replay.ts";
import type { Bucket } from "./bucket.ts";
import { MemoryView } from "./memory-view.ts";
import type { Release } from "./release.ts";

export interface WrittenEntry {
  readonly entry: Entry<Effect>;
  readonly writtenAt: number;
}

/** The log as it was written, whatever was redacted since. @throws when it has gaps or cannot be read */
export function readLog(bucket: Bucket, owner: string, release: Release): WrittenEntry[] {
  return bucket.list(`catalog/${owner}/log/`).map(({ name }, index) => {
    const sequence = index + 1;
    if (!name.endsWith(`/${String(sequence).padStart(12, "0")}.json`)) {
      throw new Error(`entry ${sequence} of ${owner} is missing: found ${name}`);
    }
    const kept = bucket.get(name);
    if (kept === undefined) throw new Error(`${name} vanished`);
    return { entry: release.readEntry(kept.original, sequence), writtenAt: kept.createdAt };
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
  | { readonly kind: "accepted"; readonly decision: Decision<Effect> };

/** One after the other, each command of a log on the state that the ones before it left: what must have happened. */
export class Reference {
  readonly owner: string;
  readonly view = new MemoryView(personModel.tables);

  constructor(owner: string) {
    this.owner = owner;
    this.view.lay(personModel.initial(owner));
  }

  layCommand(command: Entry<Effect>["commands"][number], entry: Entry<Effect>): void {
    const changes = new Changes(personModel.tables);
    layCommand(command, personModel, changes, { owner: this.owner, at: entry.at, sequence: entry.seq });
    this.view.lay(changes);
  }

  endEntry(entry: Entry<Effect>): void {
    const changes = new Changes(personModel.tables);
    layEntries([{ ...entry, commands: [] }], this.owner, personModel, changes);
    this.view.lay(changes);
    this.view.position = positionAfter(entry);
  }

  async judge(command: Command, key: string, at: string): Promise<Verdict> {
    const draft = new Draft<PersonTables>(this.view, personModel.tables);
    const known = await draft.key(key);
    if (known !== undefined && Date.parse(known.at) >= Date.parse(at) - keyLifetimeMilliseconds) {
      const { sequence, subject } = known;
      return { kind: "known", isSameRequest: known.request === hashRequest(command), sequence, subject };
    }
    try {
      const decision = await personModel.decide(command, draft, { owner: this.owner, at });
      return { kind: "accepted", decision };
    } catch (error) {
      if (error instanceof RefusalError) return { kind: "refused", code: error.code };
      throw error;
    }
  }

  async answer(subject: string | null): Promise<PersonAnswer> {
    return await personModel.answer({ subject }, new Draft<PersonTables>(this.view, personModel.tables));
  }
}
