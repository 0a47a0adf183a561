import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { verifyCatalog } from "../../../app/catalog/history/verify-catalog.ts";
import { organisationModel } from "../../../app/catalog/organisation/organisation-model.ts";
import { withCopies } from "../../../app/cli/open-copies.ts";
import { createMemoryStore } from "../../app/memory-store.ts";
import { newKey, openCatalog, scratchFolder, surroundingsAt } from "../fixtures.ts";
import {
  organisationAnswersOf,
  readReleasedOrganisation,
  type ReleasedOrganisation,
} from "./released-organisation.ts";

/** Every version of the organisation's view that was ever released: what record-organisation.ts has kept. */
const released = readdirSync(import.meta.dirname)
  .flatMap((name) => /^organisation-view-(\d+)\.json\.gz$/.exec(name)?.[1] ?? [])
  .map(Number)
  .toSorted((one, other) => one - other);

const surroundings = surroundingsAt({ now: Date.parse("2026-11-27T12:00:00.000Z") });

const isSnapshot = (name: string) => name.includes("/snapshots/");
const isSegment = (name: string) => name.includes("/segments/");

async function openReleased(objects: ReleasedOrganisation["objects"]) {
  const store = createMemoryStore();
  for (const { name, contentType, base64 } of objects) {
    await store.put(name, Buffer.from(base64, "base64"), { contentType });
  }
  const asked: string[] = [];
  store.before = (operation, name) => {
    if (operation === "read") asked.push(name);
  };
  const open = async () =>
    (await openCatalog(scratchFolder(), { surroundings, records: store })).organisation;
  return { store, asked, open, organisation: await open() };
}

test("what is kept is of every version up to this one", () => {
  const versions = Array.from({ length: organisationModel.viewVersion }, (_, index) => index + 1);
  expect(released).toEqual(versions);
});

describe.each(released)("what the release with version %d of the organisation's view has left", (version) => {
  const { objects, answers } = readReleasedOrganisation(version);

  test("has something of everything that a member, a flag, a setting and a day can be", () => {
    expect(answers.members.map(({ email }) => email)).toEqual(["Ada@example.com", null, "DESK@example.com"]);
    expect(answers.members.map(({ storageQuota }) => storageQuota)).toEqual([null, 5 * 2 ** 30, null]);
    expect(answers.holders).toEqual([null, answers.members[0]?.userId, answers.members[2]?.userId]);
    expect(answers.flags).toHaveLength(2);
    expect(answers.settings).toMatchObject({ count: "after the snapshot", greeting: { text: "Grüße" } });
    expect(answers.statistics).toMatchObject([{ day: "2026-11-25" }, { day: "2026-11-26", people: 3 }]);
  });

  test("is rebuilt from segments and log where no snapshot is left, and nothing of it is lost or changed", async () => {
    const left = objects.filter(({ name }) => !isSnapshot(name));
    expect(left.length).toBeLessThan(objects.length);
    const { organisation, asked, store } = await openReleased(left);
    expect(await organisationAnswersOf(organisation)).toEqual(answers);
    expect(asked.some(isSegment)).toBe(true);
    expect((await verifyCatalog(store, "organisation")).damage).toEqual([]);
  });

  test("is opened, from snapshots of this version only, and nothing of it is lost or changed", async () => {
    const { organisation, asked, store, open } = await openReleased(objects);
    expect(await organisationAnswersOf(organisation)).toEqual(answers);
    const isOwn = version === organisationModel.viewVersion;
    expect([asked.some(isSnapshot), asked.some(isSegment)]).toEqual([isOwn, !isOwn]);
    expect(objects.filter(({ name }) => isSnapshot(name))).toHaveLength(1);

    // A key that was used then is known now.
    const again = {
      kind: "set-quota",
      userId: "0193a5b8-0000-4000-8000-000000000002",
      bytes: 5 * 2 ** 30,
    } as const;
    expect(await organisation.execute(again, { idempotencyKey: "key-6" })).toEqual({ sequence: 6 });

    const later = { kind: "set-setting", name: "count", value: "later" } as const;
    await organisation.execute(later, { idempotencyKey: `later ${newKey()}` });
    expect(await (await open()).settings()).toMatchObject({ count: "later" });
    // Going back a release must find what it left, its snapshots too.
    for (const { name, base64 } of objects) {
      const bytes = (await store.read(name))?.bytes ?? new Uint8Array();
      expect([name, Buffer.from(bytes).equals(Buffer.from(base64, "base64"))]).toEqual([name, true]);
    }
  });

  test("with a snapshot of another view is opened from segments and log, and that snapshot is left alone", async () => {
    const foreign = objects.map((object) => ({
      ...object,
      name: object.name.replace(/(\/snapshots\/)\w+\//, "$1another0view/"),
    }));
    const { organisation, asked, store } = await openReleased(foreign);
    expect(await organisationAnswersOf(organisation)).toEqual(answers);
    expect([asked.some(isSnapshot), asked.some(isSegment)]).toEqual([false, true]);
    const notices: unknown[] = [];
    await withCopies(
      store,
      (notice) => notices.push(notice),
      (catalogOf) => catalogOf("organisation").keepUp(),
    );
    expect(notices).toEqual([]);
    const snapshots = store.names().filter(isSnapshot);
    expect(snapshots.filter((name) => name.includes("/another0view/"))).toHaveLength(1);
    expect(snapshots).toHaveLength(2);
  });
});
