import { add, newKey, openCatalog, person, surroundingsAt } from "../catalog/fixtures.ts";
import { recordsFolder, run } from "./command.ts";

export const start = Date.parse("2026-11-23T08:00:00.000Z");

/** 1 signed in at 8:00, 2 added p1 at 9:00, 3 added p2 at 10:00, 4 trashed p1 at 11:00. */
export async function fourHours() {
  const place = recordsFolder();
  const clock = { now: start };
  const catalog = await openCatalog(place.folder, { surroundings: surroundingsAt(clock) });
  const hour = () => (clock.now += 3_600_000);
  await catalog.execute(
    person,
    { kind: "see-sign-in", email: "ada@example.com", name: "Ada" },
    { idempotencyKey: newKey() },
  );
  hour();
  await add(catalog, "p1", { metadata: { exposureTime: "1/60" } });
  hour();
  await add(catalog, "p2", { takenAt: "2015-09-08T11:02:17", sizeBytes: 500 });
  hour();
  await catalog.execute(person, { kind: "trash-photo", photoId: "p1" }, { idempotencyKey: newKey() });
  const flag = { name: "albums", isEnabled: false, userIds: [person] };
  await catalog.organisation.execute({ kind: "set-flag", flag }, { idempotencyKey: newKey() });
  const photos = (await catalog.everyPhoto(person, { limit: 10 })).map((photo) => ({ ...photo }));
  const profile = await catalog.profile(person);
  await catalog.close();
  const ask = (verb: string, ...rest: string[]) =>
    run("catalog", verb, "--records", place.url, "--person", person, ...rest);
  return { ...place, ask, photos, profile };
}

/** What lines of JSON say. */
export const recordsOf = (lines: readonly string[]) =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>);
