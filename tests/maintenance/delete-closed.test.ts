import { expect, test } from "vitest";
import { inspectCatalog } from "../../app/catalog/history/inspect-catalog.ts";
import { verifyCatalog } from "../../app/catalog/history/verify-catalog.ts";
import { deleteClosed, type DeleteClosedDependencies } from "../../app/maintenance/delete-closed.ts";
import type { Finding } from "../../app/maintenance/report.ts";
import { keepUp } from "./alone.ts";
import type { ObjectStore } from "../../app/storage/object-store.ts";
import { newKey, openCatalog, scratchFolder } from "../catalog/fixtures.ts";
import { tellingRecords } from "../catalog/organisation/telling-records.ts";
import { newPhoto } from "../catalog/photo-fixture.ts";
import { createPhotoServer, upload } from "../photos/photo-server.ts";
import { wholeRecords } from "../photos/whole-records.ts";
import { copyingEdge } from "./copying-edge.ts";
import { quarters } from "../pictures/sample-pictures.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

async function namesOf(store: ObjectStore, text: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of store.list("")) if (name.includes(text)) names.push(name);
  return names;
}

/** One person with a photo, and one who closed the account. */
async function createGround() {
  const service = await createPhotoServer();
  const { server, headers, headersOf, media, uploads } = service;
  const other = await headersOf({ sub: "accounts.google.com:2", email: "stays@example.com" });
  const { id: staying } = (await server.inject({ url: "/v1/users/me", headers: other })).json<{
    id: string;
  }>();
  const { body } = await upload(service, await quarters().webp().toBuffer());
  const closing = String(body["user_id"]);
  await uploads.put(`temp/uploads/${closing}/given-up`, Buffer.from("bytes"));
  await service.catalog.keepUp(closing);
  await service.catalog.execute(
    staying,
    { kind: "add-photo", photo: newPhoto("a") },
    { idempotencyKey: newKey() },
  );
  const notes: Finding[] = [];
  const edge = copyingEdge();
  const groundNow = async (now: number): Promise<DeleteClosedDependencies> => ({
    catalog: service.catalog,
    records: await wholeRecords(service),
    media,
    uploads,
    edge,
    published: undefined,
    keptDays: 61,
    now: () => now,
    note: (finding) => notes.push(finding),
  });
  const close = () => server.inject({ method: "DELETE", url: "/v1/users/me", headers });
  /** And a run of maintenance finds that no sign-in leads there. */
  const closeAndLook = async () => {
    await close();
    await deleteClosed(await groundNow(Date.now() + minute));
    notes.length = 0;
  };
  return { service, staying, closing, close, closeAndLook, groundNow, notes, edge };
}

test("a day after its closing an account leaves nothing, a dry run says what, and others keep everything", async () => {
  const { service, staying, closing, close, groundNow, notes } = await createGround();
  const before = await groundNow(Date.now());
  expect(await deleteClosed(before)).toMatchObject({ closed_accounts: 0 });
  expect((await close()).statusCode).toBe(200);
  const early = await groundNow(Date.now() + day - 20 * minute);
  expect(await deleteClosed(early)).toMatchObject({
    closed_accounts: 1,
    waiting_accounts: 1,
    deleted_objects: 0,
  });
  expect(notes.at(-1)).toMatchObject({
    subject: closing,
    outcome: "left",
    detail: expect.stringContaining("after"),
  });

  const late = await groundNow(Date.now() + day + minute);
  const kept = await namesOf(late.records, staying);
  expect(await tellingRecords(late.records, ["alice@example.com"])).toHaveLength(1);
  const wouldBe = await deleteClosed({ ...late, isDryRun: true });
  expect(wouldBe).toMatchObject({ closed_accounts: 1, waiting_accounts: 0, deleted_accounts: 1 });
  expect(wouldBe).toMatchObject({ redacted_entries: 1, dropped_snapshots: 0 });
  expect(await tellingRecords(late.records, ["alice@example.com"])).toHaveLength(1);
  expect(await namesOf(late.media, closing)).toHaveLength(3);
  expect(await deleteClosed(late)).toEqual(wouldBe);
  for (const store of [late.media, late.uploads, late.records])
    expect(await namesOf(store, closing)).toEqual([]);
  expect(await namesOf(late.records, staying)).toEqual(kept);
  expect(await service.catalog.photo(staying, "a")).toMatchObject({ id: "a" });
  expect(notes.at(-1)).toMatchObject({ kind: "closed-member", outcome: "mended" });
  const gone = new Date(Date.now() + 62 * day + minute).toISOString().slice(0, 10);
  expect(notes.at(-2)).toMatchObject({ subject: closing, detail: expect.stringContaining(`until ${gone}`) });
  expect(await tellingRecords(late.records, ["alice"])).toEqual([]);
  expect(await tellingRecords(late.records, ["stays@example.com"])).toHaveLength(1);
  expect(await deleteClosed(late)).toMatchObject({ closed_accounts: 0, redacted_entries: 0 });
});

test("a sign-in that still leads to a closed account is taken away before anything else is", async () => {
  const { service, closing, groundNow, notes } = await createGround();
  // Stopped after the final entry: the record of the sign-in names it still.
  const command = { kind: "close-account" } as const;
  await service.catalog.execute(closing, command, { idempotencyKey: newKey() });
  const late = await groundNow(Date.now() + 2 * day);
  const identities = await namesOf(late.records, "identities/");
  expect(await deleteClosed(late)).toMatchObject({
    closed_accounts: 1,
    waiting_accounts: 1,
    deleted_accounts: 0,
  });
  expect(await namesOf(late.records, "identities/")).toHaveLength(identities.length - 1);
  expect(await namesOf(late.media, closing)).toHaveLength(3);
  // As one that began beside it finds things: somebody may still be let in by a process that asked before.
  const begin = Date.now() + 2 * day;
  const after = (minutes: number) => ({ ...late, now: () => begin + minutes * minute });
  for (const minutes of [0, 14]) {
    expect(await deleteClosed(after(minutes))).toMatchObject({
      waiting_accounts: 1,
      deleted_accounts: 0,
      deleted_objects: 0,
    });
    expect(notes.at(-1)).toMatchObject({ outcome: "left", detail: expect.stringContaining("a moment ago") });
  }
  expect(await deleteClosed(after(15))).toMatchObject({ waiting_accounts: 0, deleted_accounts: 1 });
  expect(await namesOf(late.records, closing)).toEqual([]);
});

test("when nobody reached an account any more is found anew where what was written of it is damaged", async () => {
  const { closing, closeAndLook, groundNow } = await createGround();
  await closeAndLook();
  const late = await groundNow(Date.now() + 2 * day);
  await late.records.put(`catalog/${closing}/unreached.json`, Buffer.from("{"));
  expect(await deleteClosed({ ...late, isDryRun: true })).toMatchObject({ waiting_accounts: 1 });
  expect(await deleteClosed(late)).toMatchObject({ waiting_accounts: 1, deleted_objects: 0 });
  const later = await groundNow(Date.now() + 2 * day + 15 * minute);
  expect(await deleteClosed(later)).toMatchObject({ deleted_accounts: 1 });
  expect(await namesOf(late.records, closing)).toEqual([]);
});

test("photos of which the log and the sign-in are lost are kept, and named", async () => {
  const { closing, groundNow, notes } = await createGround();
  const late = await groundNow(Date.now() + 2 * day);
  const lost = [
    ...(await namesOf(late.records, "identities/")),
    ...(await namesOf(late.records, `${closing}/log/`)),
  ];
  for (const name of lost) await late.records.delete(name);
  const kept = [await namesOf(late.media, closing), await namesOf(late.records, closing)];
  expect(kept.map((names) => names.length > 0)).toEqual([true, true]);
  expect(await deleteClosed(late)).toMatchObject({
    withheld_accounts: 1,
    deleted_accounts: 0,
    deleted_objects: 0,
  });
  expect(notes.at(-1)).toMatchObject({
    subject: closing,
    outcome: "left",
    detail: expect.stringContaining("neither a log nor a sign-in"),
  });
  expect([await namesOf(late.media, closing), await namesOf(late.records, closing)]).toEqual(kept);
});

test("a damaged record of a sign-in keeps nobody else's closed account", async () => {
  const { closing, closeAndLook, groundNow } = await createGround();
  await closeAndLook();
  const late = await groundNow(Date.now() + 2 * day);
  await late.records.put("identities/damaged.json", Buffer.from("{"));
  expect(await deleteClosed(late)).toMatchObject({ deleted_accounts: 1 });
  expect(await namesOf(late.media, closing)).toEqual([]);
});

test("a damaged log, of an active or of a closed account, is named and keeps nobody else's closed account", async () => {
  const { service, staying, closing, closeAndLook, groundNow, notes } = await createGround();
  const damagedClosed = "00000000-0000-4000-8000-000000000000";
  const command = { kind: "close-account" } as const;
  await service.catalog.execute(damagedClosed, command, { idempotencyKey: newKey() });
  await closeAndLook();
  const late = await groundNow(Date.now() + 2 * day);
  for (const owner of [staying, damagedClosed]) {
    const [last] = (await namesOf(late.records, `catalog/${owner}/log/`)).slice(-1);
    await late.records.put(last ?? "", Buffer.from("{}"));
  }
  // As a process finds them that has none of them open.
  const catalog = await openCatalog(scratchFolder(), { records: late.records });
  const before = [await namesOf(late.records, staying), await namesOf(late.records, damagedClosed)];
  const report = await deleteClosed({ ...late, catalog }).catch((error: unknown) => error);
  expect(report).toMatchObject({ message: expect.stringMatching(/^2 accounts /) });
  const left = notes.filter(({ outcome }) => outcome === "left");
  expect(new Map(left.map(({ subject, detail }) => [subject, detail]))).toEqual(
    new Map([staying, damagedClosed].map((owner) => [owner, expect.stringContaining(owner)])),
  );
  expect(notes).toContainEqual(expect.objectContaining({ subject: closing, outcome: "mended" }));
  for (const store of [late.media, late.uploads, late.records])
    expect(await namesOf(store, closing)).toEqual([]);
  const after = [await namesOf(late.records, staying), await namesOf(late.records, damagedClosed)];
  expect(after).toEqual(before);
});

test("a directory that cannot be read keeps no closed account, and the task says what is left", async () => {
  const { closing, closeAndLook, groundNow, notes } = await createGround();
  await closeAndLook();
  const late = await groundNow(Date.now() + 2 * day);
  // Its catalog has it open.
  await late.records.put("catalog/organisation/log/000000000001.json", Buffer.from("{}"));
  await expect(deleteClosed(late)).rejects.toThrow(/^name and address of closed accounts could not be taken/);
  expect(await namesOf(late.records, closing)).toEqual([]);
  expect(notes.at(-1)).toMatchObject({ kind: "closed-member", subject: "organisation", outcome: "left" });
});

test("stopped after any deletion and begun again it ends the same", async () => {
  const { closing, closeAndLook, groundNow } = await createGround();
  await closeAndLook();
  const late = await groundNow(Date.now() + 2 * day);
  let stops = 0;
  let begun = 0;
  for (let isStopped = true; isStopped; stops++) {
    // Half of a log that is being deleted is no damage.
    const { damage, isBeingDeleted } = await verifyCatalog(late.records, closing);
    expect(damage).toEqual([]);
    expect(await inspectCatalog(late.records, closing)).toMatchObject({ isBeingDeleted, problems: [] });
    begun += isBeingDeleted ? 1 : 0;
    let count = 0;
    const stopping = (store: ObjectStore): ObjectStore => ({
      put: (...args) => store.put(...args),
      read: (name) => store.read(name),
      openRead: (...args) => store.openRead(...args),
      stat: (name) => store.stat(name),
      list: (...args) => store.list(...args),
      delete: async (...args) => {
        if (count++ > 0) throw new Error("stopped");
        await store.delete(...args);
      },
    });
    const { records, media, uploads } = late;
    const ground = {
      ...late,
      records: stopping(records),
      media: stopping(media),
      uploads: stopping(uploads),
    };
    isStopped = await deleteClosed(ground).then(
      () => false,
      () => true,
    );
  }
  expect(stops).toBeGreaterThan(6);
  expect(begun).toBeGreaterThan(1);
  for (const store of [late.media, late.uploads, late.records])
    expect(await namesOf(store, closing)).toEqual([]);
});

test("upkeep makes a snapshot where many entries have none, and none where there are few", async () => {
  const { service, staying, groundNow } = await createGround();
  const { records } = await groundNow(Date.now());
  const snapshots = async () =>
    (await namesOf(records, staying)).filter((name) => name.includes("/snapshots/"));
  const ground = { catalog: service.catalog, records };
  expect(await keepUp(ground)).toEqual({ people: 2, snapshots: 0, segments: 0 });
  expect(await snapshots()).toEqual([]);
  for (let index = 0; index < 70; index++) {
    const command = { kind: "favorite-photo", photoId: "a", favorite: index % 2 === 0 } as const;
    await service.catalog.execute(staying, command, { idempotencyKey: newKey() });
  }
  const notes: Finding[] = [];
  const dry = { ...ground, isDryRun: true, note: (finding: Finding) => void notes.push(finding) };
  expect(await keepUp(dry)).toEqual({ people: 2, snapshots: 1, segments: 0 });
  expect(notes).toMatchObject([{ kind: "long-log", userId: staying, outcome: "mended" }]);
  expect(await snapshots()).toEqual([]);
  expect(await keepUp(ground)).toEqual({ people: 2, snapshots: 1, segments: 0 });
  expect(await snapshots()).toHaveLength(1);
  expect(await keepUp(dry)).toEqual({ people: 2, snapshots: 0, segments: 0 });
});

test("the edge's copies of a closed account's photos go with it, and before its log; who cannot be reached is asked again", async () => {
  const { service, closing, closeAndLook, groundNow, edge } = await createGround();
  await closeAndLook();
  const late = await groundNow(Date.now() + 2 * day);
  edge.fail(new Error("away"));
  await expect(deleteClosed(late)).rejects.toThrow(/could not be read, or deleted/);
  expect(await namesOf(service.media, closing)).toEqual([]);
  expect(await namesOf(late.records, `${closing}/log/`)).not.toEqual([]);
  edge.fail(undefined);
  expect(await deleteClosed(late)).toMatchObject({ deleted_accounts: 1 });
  expect(edge.forgotten).toEqual([[`photos/${closing}/`, `previews/${closing}/`, `thumbnails/${closing}/`]]);
  expect(await namesOf(late.records, closing)).toEqual([]);
});
