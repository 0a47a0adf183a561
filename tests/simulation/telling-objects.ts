import { isDeepStrictEqual } from "node:util";
import type { Effect } from "../../app/catalog/person/effects.ts";
import type { Entry } from "../../app/catalog/protocol/entry.ts";
import type { World } from "./instance.ts";
import { type WrittenEntry, readPersonLog } from "./reference.ts";
import { storedCopy } from "./stored-copy.ts";
import { type ToldTexts, toldTexts } from "./told-texts.ts";

/**
 * No object of the person's tells what is to be forgotten any more; entries tell everything else as they were written, and
 * segments what the entries do.
 */
export async function findTold(world: World, owner: string): Promise<string[]> {
  const log = readPersonLog(world.bucket, owner, world.newest);
  const told = toldTexts(log, owner);
  return [
    ...(await findTexts(world, owner, told)),
    ...findChanged(world, owner, log, told),
    ...findOtherLines(world, owner),
    ...findOldSnapshots(world, owner, log),
  ];
}

/** A snapshot of DuckDB is read by what it holds; what is damaged or was put there by mistake is nobody's. */
async function findTexts(world: World, owner: string, { forgotten }: ToldTexts): Promise<string[]> {
  const faults: string[] = [];
  for (const { name } of world.bucket.list(`catalog/${owner}/`)) {
    if (!world.bucket.isSound(name)) continue;
    const text = name.includes("/snapshots/")
      ? JSON.stringify((await storedCopy(world, owner, name))?.contents)
      : Buffer.from(world.bucket.get(name)?.bytes ?? []).toString();
    const found = quotedIn(text).filter((quoted) => forgotten.has(quoted));
    if (found.length > 0)
      faults.push(`${name} tells ${found.slice(0, 5).join(" | ")}, which is to be forgotten`);
  }
  return faults;
}

/** Every text of some JSON. */
function quotedIn(json: string): string[] {
  const texts = json.matchAll(/"(?:[^"\\]|\\.)*"/g);
  return [...new Set([...texts].map(([quoted]) => String(JSON.parse(quoted))))];
}

function findChanged(
  { bucket, newest }: World,
  owner: string,
  log: readonly WrittenEntry<Effect>[],
  { isForgotten }: ToldTexts,
): string[] {
  const names = bucket.list(`catalog/${owner}/log/`).map(({ name }) => name);
  return log.flatMap(({ entry: written }, index) => {
    const name = names[index] ?? "";
    const entry = newest.readPersonEntry(bucket.get(name)?.bytes ?? Buffer.of(), written.seq);
    const isSame = isDeepStrictEqual(
      withoutForgotten(entry, isForgotten),
      withoutForgotten(written, isForgotten),
    );
    return isSame
      ? []
      : [`${name} tells something else than what was written without what is to be forgotten`];
  });
}

function withoutForgotten(
  entry: Entry<Effect>,
  isForgotten: ToldTexts["isForgotten"],
): Entry<Effect | Effect["kind"]> {
  const commands = entry.commands.map(({ effects, ...command }, index) => ({
    ...command,
    effects: effects.map((effect, part) =>
      isForgotten(`${entry.seq}/${index}/${part}`) ? effect.kind : effect,
    ),
  }));
  return { ...entry, commands };
}

function findOtherLines({ bucket }: World, owner: string): string[] {
  const textOf = (name: string) => Buffer.from(bucket.get(name)?.bytes ?? []).toString();
  const entries = bucket.list(`catalog/${owner}/log/`).map(({ name }) => textOf(name).trimEnd());
  return bucket.list(`catalog/${owner}/segments/`).flatMap(({ name }) => {
    if (!bucket.isSound(name) || bucket.isLeftOut(name)) return [];
    const first = Number.parseInt(name.split("/").at(-1) ?? "", 10);
    const lines = textOf(name).trimEnd().split("\n");
    const other = lines.findIndex((line, index) => line !== entries[first - 1 + index]);
    return other === -1 ? [] : [`${name} has another entry ${first + other} than the log`];
  });
}

/** Damaged or not. That they hold what their names say is checked with all others, see findFalseCopies. */
function findOldSnapshots({ bucket }: World, owner: string, log: readonly WrittenEntry<Effect>[]): string[] {
  const last = log.findLast(({ entry }) =>
    entry.commands.some(({ effects }) => effects.some(({ kind }) => kind === "photo-purged")),
  );
  const lastPurge = last?.entry.seq ?? 0;
  return bucket
    .list(`catalog/${owner}/snapshots/`)
    .filter(({ name }) => Number(name.split("/").at(-1)) < lastPurge)
    .map(({ name }) => `${name} is older than the purge ${lastPurge}`);
}
