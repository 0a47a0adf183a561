import type { ObjectStore } from "../../storage/object-store.ts";
import type { Effect } from "../person/effects.ts";
import { personModel } from "../person/person-model.ts";
import { Changes, changed } from "../protocol/changes.ts";
import type { Entry } from "../protocol/entry.ts";
import { Log } from "../protocol/log.ts";
import { layEntries } from "../protocol/replay.ts";
import { logRuns } from "./log-runs.ts";
import { type TouchedRow, touchedTables } from "../touched-row.ts";

/**
 * What one entry of a person's log changed, by the log itself: segments where there are some, entries from there on.
 * Undefined where there is no such entry, or its account is being deleted.
 *
 * @throws DamagedLogError where one before it cannot be read or is missing; NewerEntryError, or the store's error
 */
export async function touchedRows(
  store: ObjectStore,
  owner: string,
  sequence: number,
  segmentLength?: number,
): Promise<readonly TouchedRow[] | undefined> {
  const log = new Log(store, owner, personModel);
  const entry = sequence < 1 ? undefined : await log.read(sequence);
  if (entry === undefined) return undefined;
  const own = changesOf(owner, [entry]);
  const wanted = new Map(
    touchedTables.map((table) => [table, new Set([...own.of(table)].map(({ key }) => key))]),
  );
  const before = personModel.initial(owner);
  const earlier = { after: 0, upTo: sequence - 1, ...(segmentLength !== undefined && { segmentLength }) };
  let reached = 0;
  for await (const run of logRuns(store, owner, personModel, earlier)) {
    reached = run.at(-1)?.seq ?? reached;
    const done = changesOf(
      owner,
      run.map((one) => aboutOnly(one, wanted.get("photos") ?? new Set())),
    );
    before.append(only(done, wanted));
  }
  if (reached < sequence - 1) return undefined;
  return touchedTables.flatMap((table) =>
    [...own.of(table)].map(({ key, change }) => {
      const there = before.change(table, key);
      const row = there?.kind === "put" ? there.row : undefined;
      return { table, key, before: row ?? null, after: changed(row, change) ?? null };
    }),
  );
}

/** Folding what photos are called is most of the work; of those that nobody asks for it is left out. */
function aboutOnly(entry: Entry<Effect>, photoIds: ReadonlySet<string>): Entry<Effect> {
  return {
    ...entry,
    commands: entry.commands.map((command) => ({
      ...command,
      effects: command.effects.filter(
        (effect) => effect.kind !== "photo-added" || photoIds.has(effect.photo.id),
      ),
    })),
  };
}

function changesOf(owner: string, entries: readonly Entry<Effect>[]): Changes {
  const changes = new Changes(personModel.tables);
  layEntries(entries, owner, personModel, changes);
  return changes;
}

function only(changes: Changes, wanted: ReadonlyMap<string, ReadonlySet<string>>): Changes {
  const kept = new Changes(personModel.tables);
  for (const { table, key, change } of changes.all()) {
    if (!wanted.get(table)?.has(key)) continue;
    if (change.kind === "put") kept.put(table, change.row);
    else if (change.kind === "patch") kept.patch(table, key, change.set, change.add);
    else kept.remove(table, key);
  }
  return kept;
}
