import { type Moment, personAt } from "../catalog/history/past-catalog.ts";
import { organisationOwner } from "../catalog/history/stored-logs.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { damageLine, exitCodeOf, findings, unreadWords, writeDamage } from "./findings.ts";
import { wholeWords } from "./past-words.ts";
import { type ExitCode, exitCodes, jsonLine, type Terminal, UsageError } from "./terminal.ts";

/**
 * Prints a person's catalog of a moment, to be read or as lines of JSON, told apart by `record`: first the catalog's
 * position, then the profile where there is one, then the photos, the albums, the shares and the uploads by id. All or,
 * where an entry cannot be read, nothing but why.
 *
 * @throws UsageError for the organisation, which has no photos
 */
export async function exportPerson(
  store: ObjectStore,
  owner: string,
  { moment, isJson }: { readonly moment: Moment | undefined; readonly isJson: boolean },
  { write, complain }: Terminal,
): Promise<ExitCode> {
  if (owner === organisationOwner) {
    throw new UsageError(
      "export is about a person's photos: 'imgstream catalog history' shows the organisation's",
    );
  }
  const past = await personAt(store, owner, moment);
  if ("damage" in past) {
    const code = exitCodeOf(findings(past.damage));
    complain(`Nothing is exported: the catalog of ${owner} ${unreadWords(code)} before that moment.`);
    for (const damage of past.damage) {
      if (isJson) write(damageLine(damage));
      writeDamage(damage, complain);
    }
    return code;
  }
  if (!isJson) {
    for (const line of wholeWords(owner, past)) write(line);
    return exitCodes.fine;
  }
  const { sequence, at, photos, albums, shares, uploads, profile, closedAt, storageUsed, storageQuota } =
    past;
  write(
    jsonLine({
      record: "catalog",
      userId: owner,
      sequence,
      at,
      closedAt,
      storageUsed,
      storageQuota,
      photos: photos.length,
      albums: albums.length,
      shares: shares.length,
      uploads: uploads.length,
    }),
  );
  if (profile !== undefined) {
    const settings = { private_by_default: profile.settings.privateByDefault };
    write(jsonLine({ record: "profile", ...profile, settings }));
  }
  for (const photo of photos) write(jsonLine({ record: "photo", ...photo }));
  for (const album of albums) write(jsonLine({ record: "album", ...album }));
  for (const share of shares) write(jsonLine({ record: "share", ...share }));
  for (const upload of uploads) write(jsonLine({ record: "upload", ...upload }));
  return exitCodes.fine;
}
