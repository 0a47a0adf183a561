import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Catalogs } from "../catalog/create-catalog.ts";
import { personAt } from "../catalog/history/past-catalog.ts";
import { organisationOwner } from "../catalog/history/stored-logs.ts";
import { personModel } from "../catalog/person/person-model.ts";
import { Segments } from "../catalog/protocol/segments.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { counted, type ExitCode, exitCodes, jsonLine, type Terminal, UsageError } from "./terminal.ts";
import { writeDamage } from "./verify.ts";

/** As many as a page of everyPhoto() may have. */
const photosAtOnce = 1000;

interface Copies {
  readonly owner: string;
  /** Of the newest snapshot; 0 where there is none. */
  readonly snapshotSequence: number;
  readonly snapshotBytes: number;
  readonly segments: number;
}

interface Asked {
  readonly isJson: boolean;
}

/** Makes a snapshot of each catalog as it is now, and segments of its log. What is there already is left as it is. */
export async function snapshot(
  store: ObjectStore,
  owners: readonly string[],
  { isJson }: Asked,
  terminal: Terminal,
): Promise<ExitCode> {
  return await withCatalogs(store, terminal, async (catalogs, hasFailed) => {
    for (const owner of peopleOf(owners)) {
      await catalogs.keepUp(owner);
      if (!hasFailed()) writeCopies(await copiesOf(store, owner), isJson, terminal);
    }
  });
}

/**
 * Throws away what was made from each log and makes it anew, from the log alone; then holds the new view against the
 * log. Where the log is damaged nothing is thrown away.
 */
export async function rebuild(
  store: ObjectStore,
  owners: readonly string[],
  { isJson }: Asked,
  terminal: Terminal,
): Promise<ExitCode> {
  let damaged = 0;
  const code = await withCatalogs(store, terminal, async (catalogs, hasFailed) => {
    for (const owner of peopleOf(owners)) {
      const past = await personAt(store, owner);
      if ("damage" in past) {
        damaged++;
        terminal.complain(`The catalog of ${owner} is damaged, and stays as it is.`);
        for (const found of past.damage) writeDamage(found, terminal.complain);
        continue;
      }
      for await (const { name } of store.list(`catalog/${owner}/snapshots/`)) await store.delete(name);
      // One that is deleted could be followed by a late copy of what was redacted since.
      const segments = new Segments(store, owner, personModel);
      for (const first of (await segments.generations()).keys()) await segments.renew(first);
      await catalogs.keepUp(owner);
      if (hasFailed()) continue;
      const photos = await countPhotos(catalogs, owner);
      const copies = { ...(await copiesOf(store, owner)), entries: past.sequence, photos };
      writeCopies(copies, isJson, terminal);
      if (photos === past.photos.length) continue;
      damaged++;
      terminal.complain(
        `The view of ${owner} has ${photos} photos, its log ${past.photos.length}: report this.`,
      );
    }
  });
  return damaged > 0 ? exitCodes.damage : code;
}

/** Those that are in the view, page by page. */
async function countPhotos(catalogs: Catalogs, owner: string): Promise<number> {
  let count = 0;
  for (let after = ""; ;) {
    const page = await catalogs.everyPhoto(owner, { limit: photosAtOnce, after });
    count += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < photosAtOnce) return count;
    after = last.id;
  }
}

/** @throws UsageError where only the organisation was asked for */
function peopleOf(owners: readonly string[]): readonly string[] {
  const people = owners.filter((owner) => owner !== organisationOwner);
  if (people.length > 0 || owners.length === 0) return people;
  throw new UsageError("the organisation's catalog is small and opens from its log: it has no snapshots");
}

/** On a DuckDB of their own, in a folder that is removed afterwards. */
async function withCatalogs(
  store: ObjectStore,
  { complain }: Terminal,
  work: (catalogs: Catalogs, hasFailed: () => boolean) => Promise<void>,
): Promise<ExitCode> {
  // Loaded here: the commands that only read need no DuckDB.
  const { createCatalog } = await import("../catalog/create-catalog.ts");
  const cacheFolder = await mkdtemp(join(tmpdir(), "imgstream-cli-"));
  let failures = 0;
  let isNew = false;
  const catalogs = await createCatalog({
    records: store,
    cacheFolder,
    writer: "command-line",
    notify: (notice) => {
      if (notice.kind !== "upkeep-failed") return;
      failures++;
      isNew = true;
      const reason = notice.error instanceof Error ? notice.error.message : String(notice.error);
      complain(`No snapshot of ${notice.owner}: ${reason}`);
    },
  });
  try {
    await work(catalogs, () => {
      const hasFailed = isNew;
      isNew = false;
      return hasFailed;
    });
  } finally {
    await catalogs.close();
    await rm(cacheFolder, { recursive: true, force: true });
  }
  return failures === 0 ? exitCodes.fine : exitCodes.unavailable;
}

async function copiesOf(store: ObjectStore, owner: string): Promise<Copies> {
  let [snapshotSequence, snapshotBytes, segments] = [0, 0, 0];
  for await (const { name, sizeBytes } of store.list(`catalog/${owner}/snapshots/`)) {
    const sequence = Number(name.split("/").at(-1));
    if (sequence > snapshotSequence) [snapshotSequence, snapshotBytes] = [sequence, sizeBytes];
  }
  for await (const _ of store.list(`catalog/${owner}/segments/`)) segments++;
  return { owner, snapshotSequence, snapshotBytes, segments };
}

function writeCopies(
  copies: Copies & { readonly entries?: number; readonly photos?: number },
  isJson: boolean,
  { write }: Terminal,
): void {
  if (isJson) return write(jsonLine(copies));
  const { owner, snapshotSequence, snapshotBytes, segments, entries, photos } = copies;
  const from =
    entries === undefined
      ? ""
      : `rebuilt from ${counted(entries, "entry", "entries")}: ${counted(photos ?? 0, "photo")}; `;
  write(
    `${owner.padEnd(36)}  ${from}snapshot of entry ${snapshotSequence}, ${counted(snapshotBytes, "byte")}, ${counted(segments, "segment")}`,
  );
}
