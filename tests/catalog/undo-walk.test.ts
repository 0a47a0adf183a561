import { expect, test } from "vitest";
import type { Command } from "../../app/catalog/command.ts";
import { touchedRows } from "../../app/catalog/history/touched-rows.ts";
import type { Effect } from "../../app/catalog/person/effects.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { Changes } from "../../app/catalog/protocol/changes.ts";
import { Draft } from "../../app/catalog/protocol/draft.ts";
import { type Entry, type EntryCommand, encodeEntry } from "../../app/catalog/protocol/entry.ts";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { RefusalError } from "../../app/catalog/protocol/model.ts";
import { layCommand, positionAfter } from "../../app/catalog/protocol/replay.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { MemoryView } from "../simulation/memory-view.ts";
import { Random } from "../simulation/random.ts";
import { type Moment, findWronglyUndone, momentOf } from "../simulation/undo-check.ts";
import { person } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

const photos = ["a", "b", "c"];
const albums = ["trip", "home"];
/** As many changes, one after the other. */
const steps = 16;

/** Few things, so that a change is often about what another one did, and each often what it was before. */
function nextCommand(random: Random): Command {
  const photoId = random.pick(photos);
  const albumId = random.pick(albums);
  const photoIds = random.pick([[photoId], [photoId, random.pick(photos)]]);
  const title = random.pick(["One", "Two"]);
  return random.pick<() => Command>([
    () => ({ kind: "create-album", album: { id: albumId, title, photoIds } }),
    () => ({ kind: "add-to-album", albumId, photoIds }),
    () => ({ kind: "remove-from-album", albumId, photoIds }),
    () => ({ kind: "move-in-album", albumId, photoIds: [photoId], before: null }),
    () => ({ kind: "edit-album", albumId, edit: { title } }),
    () => ({ kind: "edit-album", albumId, edit: { coverPhotoId: random.pick([photoId, null]) } }),
    () => ({ kind: "edit-album", albumId, edit: { sharedWith: random.pick([[], ["colleague"]]) } }),
    () => ({ kind: "delete-album", albumId }),
    () => ({ kind: "edit-photo", photoId, edit: random.pick([{ title }, { private: random.chance(0.5) }]) }),
    () => ({ kind: "trash-photo", photoId }),
    () => ({ kind: "restore-photo", photoId }),
    () => ({ kind: "purge-photo", photoId }),
    () => ({ kind: "change-settings", settings: { privateByDefault: random.chance(0.5) } }),
  ])();
}

/** One person's catalog in memory, an entry for each change; what undoing did wrong. */
async function walk(seed: number): Promise<{ readonly undone: number; readonly faults: readonly string[] }> {
  const random = new Random(seed);
  const store = createMemoryStore();
  const view = new MemoryView(personModel.tables);
  view.lay(personModel.initial(person));
  const moments: Moment[] = [momentOf(view)];
  const faults: string[] = [];
  let undone = 0;

  /** An entry of all that is not refused; only a command that stands alone may be. */
  const make = async (...commands: readonly Command[]): Promise<void> => {
    const sequence = moments.length;
    const at = new Date(Date.UTC(2026, 0, 1) + sequence * 1000).toISOString();
    const draft = new Draft(view, personModel.tables);
    const accepted: EntryCommand<Effect>[] = [];
    for (const command of commands) {
      try {
        const { effects, bytes, subject } = await personModel.decide(command, draft, { owner: person, at });
        if (effects.length === 0) continue;
        const key = `key-${sequence}-${accepted.length}`;
        const own = { idempotencyKey: key, request: "", subject, effects, bytes };
        const changes = new Changes(personModel.tables);
        layCommand(own, personModel, changes, { owner: person, at, sequence });
        draft.changes.append(changes);
        accepted.push(own);
      } catch (error) {
        if (!(error instanceof RefusalError) || commands.length === 1) throw error;
      }
    }
    if (accepted.length === 0) return;
    const entry: Entry<Effect> = {
      version: 1,
      seq: sequence,
      id: `${sequence}`,
      by: "test",
      at,
      commands: accepted,
    };
    await store.put(entryName(person, sequence), encodeEntry(entry), { ifAbsent: true });
    await view.apply(draft.changes, positionAfter(entry));
    moments.push(momentOf(view));
  };

  for (const id of photos) await make({ kind: "add-photo", photo: newPhoto(id, { sha256: id }) });
  for (let step = 0; step < steps; step++) {
    const sequence = random.whole(1, moments.length - 1);
    const touched = random.chance(0.35) ? await touchedRows(store, person, sequence) : undefined;
    try {
      if (touched !== undefined) await make({ kind: "undo-entry", sequence, touched });
      else if (random.chance(0.3)) await make(nextCommand(random), nextCommand(random));
      else await make(nextCommand(random));
    } catch (error) {
      if (error instanceof RefusalError) continue;
      throw error;
    }
    if (touched === undefined) continue;
    undone++;
    const [before, after] = [moments[sequence - 1], moments[sequence]];
    const [until, since] = moments.slice(-2);
    if (before === undefined || after === undefined || until === undefined || since === undefined)
      throw new Error("a moment is missing");
    const wrong = findWronglyUndone({ before, after, until, since });
    faults.push(...wrong.map((fault) => `seed ${seed}, undo of ${sequence}: ${fault}`));
  }
  return { undone, faults };
}

test("whatever is undone was as the entry had left it, and is what it was before", async () => {
  const faults: string[] = [];
  let undone = 0;
  for (let seed = 1; seed <= 2000; seed++) {
    const walked = await walk(seed);
    undone += walked.undone;
    faults.push(...walked.faults);
  }
  expect(faults).toEqual([]);
  expect(undone).toBeGreaterThan(5000);
});
