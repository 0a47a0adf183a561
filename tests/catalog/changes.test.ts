import { expect, test } from "vitest";
import type { Activity } from "../../app/catalog/activity.ts";
import type { Command } from "../../app/catalog/command.ts";
import { AccountClosedError, ChangesTooOldError } from "../../app/catalog/person/errors.ts";
import { changesIn } from "../../app/catalog/person/changes-question.ts";
import { newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

test("every page's size tells the same, whole entries at a time, and the log from its beginning", async () => {
  const catalog = await openCatalog(scratchFolder());
  const execute = (command: Command) => catalog.execute(person, command, { idempotencyKey: newKey() });
  // Together, so that they share entries.
  await Promise.all(
    Array.from({ length: 30 }, (_, index) => execute({ kind: "add-photo", photo: newPhoto(`p${index}`) })),
  );
  await execute({ kind: "create-album", album: { id: "album", title: "Trip", photoIds: ["p1", "p2"] } });
  await execute({ kind: "edit-photo", photoId: "p1", edit: { title: "Secret" } });
  await execute({ kind: "trash-photo", photoId: "p2" });
  const allBy = async (limit: number) => {
    const changes: Activity[] = [];
    let token = `${person}.0`;
    for (let page = await catalog.changes(person, { after: token, limit }); ;) {
      // What is in the page is whole: the next one begins with another entry.
      expect(changes.at(-1)?.sequence).not.toBe(page.changes[0]?.sequence);
      changes.push(...page.changes);
      if (page.isComplete) return changes;
      expect(page.token).not.toBe(token);
      ({ token } = page);
      page = await catalog.changes(person, { after: token, limit });
    }
  };
  const all = await allBy(200);
  expect(all.slice(-4).map(({ kind }) => kind)).toEqual([
    "album-created",
    "album-photos-added",
    "photo-edited",
    "photo-trashed",
  ]);
  expect(all).toHaveLength(34);
  expect(JSON.stringify(all)).not.toMatch(/Secret|Trip/);
  expect(all).toEqual((await catalog.activity(person, { limit: 200 })).activities.toReversed());
  for (const limit of [1, 2, 7, 33]) expect(await allBy(limit)).toEqual(all);
});

const unread = () => Promise.reject(new Error("no entry is read"));

test("too much since, a closed account: said as such", async () => {
  const span = { userId: person, after: 5, limit: 10 };
  await expect(changesIn({ ...span, head: 1_006 }, unread)).rejects.toThrow(
    new ChangesTooOldError(1_001, 1_000),
  );
  const catalog = await openCatalog(scratchFolder());
  await catalog.execute(person, { kind: "close-account" }, { idempotencyKey: newKey() });
  await expect(catalog.changes(person, { after: `${person}.0`, limit: 10 })).rejects.toBeInstanceOf(
    AccountClosedError,
  );
});
