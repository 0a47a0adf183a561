import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Command } from "../../app/catalog/command.ts";
import { OpenPeople } from "../../app/catalog/open-people.ts";
import type { Effect } from "../../app/catalog/person/effects.ts";
import { type PersonAnswer, personModel } from "../../app/catalog/person/person-model.ts";
import type { PersonTables } from "../../app/catalog/person/tables.ts";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { MemoryEngine, MemoryView } from "../simulation/memory-view.ts";
import { person, surroundingsAt } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

/** Applies one change and fails all the same, once it may go on. */
class FailingView extends MemoryView {
  fails: { readonly reached: () => void; readonly goOn: Promise<void> } | undefined;

  override async apply(...change: Parameters<MemoryView["apply"]>): Promise<void> {
    const { fails } = this;
    this.fails = undefined;
    if (fails === undefined) return await super.apply(...change);
    this.lay(change[0]);
    fails.reached();
    await fails.goOn;
    throw new Error("failed after it had done it");
  }
}

test("a view that failed while an entry was applied takes no other change and answers nothing: the entry would count twice", async () => {
  const made: FailingView[] = [];
  const memory = new MemoryEngine(personModel.tables);
  const engine = {
    format: memory.format,
    create: () => {
      const view = new FailingView(personModel.tables);
      made.push(view);
      return Promise.resolve(view);
    },
    restore: () => Promise.reject(new Error("there are no snapshots here")),
    usedBytes: () => memory.usedBytes(),
  };
  const store = createMemoryStore();
  const people = new OpenPeople<FailingView, PersonTables, Command, Effect, PersonAnswer>({
    store,
    engine,
    model: personModel,
    surroundings: surroundingsAt({ now: Date.parse("2026-11-23T08:00:00Z") }),
    writer: "test",
  });
  await people.of(person).submit({ kind: "add-photo", photo: newPhoto("a") }, "1");
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const [first] = made;
  if (first === undefined) throw new Error("a view was made");
  first.fails = { reached: reached.resolve, goOn: goOn.promise };

  const trashing = people.of(person).submit({ kind: "trash-photo", photoId: "a" }, "2");
  await reached.promise;
  // Meanwhile somebody asks who has to see that entry: it is read from the log, and waits for its turn.
  const isRead = Promise.withResolvers<void>();
  store.before = (operation, name) => {
    if (operation === "read" && name === entryName(person, 2)) isRead.resolve();
  };
  const looking = people.of(person).read((view) => view.contents(), 2);
  await isRead.promise;
  await setImmediate();
  goOn.resolve();

  expect((await looking).tables["photos"]).toMatchObject([{ id: "a", version: 2 }]);
  expect(await trashing).toMatchObject({ sequence: 2 });
  expect(made).toHaveLength(2);
});
