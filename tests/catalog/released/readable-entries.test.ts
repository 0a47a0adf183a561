import { expect, test } from "vitest";
import type { Command } from "../../../app/catalog/command.ts";
import { OpenPeople } from "../../../app/catalog/open-people.ts";
import { organisationModel } from "../../../app/catalog/organisation/organisation-model.ts";
import type { Effect } from "../../../app/catalog/person/effects.ts";
import { type PersonAnswer, personModel } from "../../../app/catalog/person/person-model.ts";
import type { PersonTables } from "../../../app/catalog/person/tables.ts";
import { entryVersions } from "../../../app/catalog/protocol/entry.ts";
import type { View } from "../../../app/catalog/protocol/view.ts";
import { createMemoryStore } from "../../app/memory-store.ts";
import { MemoryEngine } from "../../simulation/memory-view.ts";
import { person, surroundingsAt } from "../fixtures.ts";
import { newPhoto } from "../photo-fixture.ts";
import { readableBefore } from "./readable-entries.ts";

const before = readableBefore();

test("the version that is written is one that the release before this reads", () => {
  expect(entryVersions.written).toBeLessThanOrEqual(before.newestVersion);
  expect(entryVersions.newestReadable).toBeGreaterThan(entryVersions.written);
});

test.each([
  ["a person's catalog", personModel, before.person],
  ["the organisation's", organisationModel, before.organisation],
])(
  "every kind of effect in %s that is written was read by the release before this, and none is forgotten",
  (_whose, { effectKinds, unwrittenKinds }, readable) => {
    const written = effectKinds.filter((kind) => !unwrittenKinds.includes(kind));
    // A new kind stands in `unwrittenKinds` until a release that reads it is out.
    expect(written.filter((kind) => !readable.includes(kind))).toEqual([]);
    expect(readable.filter((kind) => !effectKinds.includes(kind))).toEqual([]);
  },
);

test("a kind that only the next release writes is read, and never written", async () => {
  const store = createMemoryStore();
  const peopleOf = (unwrittenKinds: readonly string[]) =>
    new OpenPeople<View, PersonTables, Command, Effect, PersonAnswer>({
      store,
      engine: new MemoryEngine(personModel.tables),
      model: { ...personModel, unwrittenKinds },
      surroundings: surroundingsAt({ now: Date.parse("2026-11-23T08:00:00Z") }),
      writer: "test",
    }).of(person);
  const nextRelease = peopleOf([]);
  const thisRelease = peopleOf(["photo-trashed"]);
  await nextRelease.submit({ kind: "add-photo", photo: newPhoto("a") }, "1");
  await nextRelease.submit({ kind: "add-photo", photo: newPhoto("b") }, "2");
  await nextRelease.submit({ kind: "trash-photo", photoId: "a" }, "3");
  const trash = { kind: "trash-photo", photoId: "b" } as const;
  const refusal = thisRelease.submit(trash, "4");
  await expect(refusal).rejects.toMatchObject({
    code: "commit-failed",
    cause: { message: expect.stringMatching(/'photo-trashed' is written from the next release on/) },
  });
  expect(store.names().filter((name) => name.includes("/log/"))).toHaveLength(3);
  // What it may write it writes, after what it read.
  await expect(thisRelease.submit({ kind: "restore-photo", photoId: "a" }, "5")).resolves.toMatchObject({
    sequence: 4,
  });
  await expect(nextRelease.submit(trash, "4")).resolves.toMatchObject({ sequence: 5 });
});
