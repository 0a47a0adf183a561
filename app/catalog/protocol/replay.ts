import { Changes } from "./changes.ts";
import type { Entry } from "./entry.ts";
import type { EffectContext, Model } from "./model.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Tables } from "./tables.ts";
import type { Position } from "./view.ts";

/** How long an idempotency key is kept, by the entries' own time. */
export const keyLifetimeMilliseconds = 24 * 3600 * 1000;

/** Old keys are dropped with every entry whose number this divides, so that every view drops the same ones. */
const expirationInterval = 64;

/** As `layEntries`, with a breath after each but the last. */
export async function layRun<T extends Tables, C, E, A>(
  entries: readonly Entry<E>[],
  { owner, model, surroundings }: ReplayParts<T, C, E, A>,
  changes: Changes,
): Promise<void> {
  for (const [index, entry] of entries.entries()) {
    if (index > 0) await surroundings.breathe();
    layEntries([entry], owner, model, changes);
  }
}

interface ReplayParts<T extends Tables, C, E, A> {
  readonly owner: string;
  readonly model: Model<T, C, E, A>;
  readonly surroundings: Pick<Surroundings, "breathe">;
}

/** Lays what a run of entries means over the changes. */
export function layEntries<T extends Tables, C, E, A>(
  entries: readonly Entry<E>[],
  owner: string,
  model: Model<T, C, E, A>,
  changes: Changes,
): void {
  for (const entry of entries) {
    const context: EffectContext = { owner, at: entry.at, sequence: entry.seq };
    for (const command of entry.commands) layCommand(command, model, changes, context);
    if (entry.seq % expirationInterval === 0) {
      const before = new Date(Date.parse(entry.at) - keyLifetimeMilliseconds).toISOString();
      changes.expire("keys", "at", before);
    }
  }
}

/** What one command means: its effects, its bytes and its key. */
export function layCommand<T extends Tables, C, E, A>(
  command: Entry<E>["commands"][number],
  model: Model<T, C, E, A>,
  changes: Changes,
  context: EffectContext,
): void {
  for (const effect of command.effects) model.mean(effect, changes, context);
  if (command.bytes !== 0) model.account(command.bytes, changes, context);
  changes.put("keys", {
    key: command.idempotencyKey,
    request: command.request,
    sequence: context.sequence,
    at: context.at,
    subject: command.subject,
  });
}

export function positionAfter(entry: Entry<unknown>): Position {
  return { sequence: entry.seq, at: Date.parse(entry.at) };
}
