import type { Entry } from "../../app/catalog/protocol/entry.ts";
import type { Row } from "../../app/catalog/protocol/tables.ts";
import { organisation } from "./owners.ts";
import type { Reference } from "./reference.ts";

/** What holds after every command, counted anew. @param takenBefore takenBytes() before it */
export function checkInvariants(
  reference: Reference,
  { seq: sequence, at }: Pick<Entry<unknown>, "seq" | "at">,
  takenBefore: number,
): string[] {
  if (reference.owner === organisation) return checkAddresses(reference, sequence);
  return [
    ...checkUsed(reference, sequence),
    ...checkQuota(reference, sequence, { before: takenBefore, after: takenBytes(reference, at) }),
    ...checkAlbums(reference, sequence),
    ...checkShares(reference, sequence),
  ];
}

/** What photos take, and what is reserved by uploads under way at that time (ISO 8601 in UTC). */
export function takenBytes(reference: Reference, at: string): number {
  if (reference.owner === organisation) return 0;
  const reserved = reference.view
    .rows("uploads")
    .filter(
      ({ state, expiresDate }) => state === "open" && typeof expiresDate === "string" && expiresDate > at,
    );
  return usedBytes(reference) + sumOf(reserved);
}

function usedBytes(reference: Reference): number {
  return sumOf(reference.view.rows("photos"));
}

function sumOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { sizeBytes }) => sum + Number(sizeBytes), 0);
}

/** An address is one member's at most, however it is written. */
function checkAddresses(reference: Reference, sequence: number): string[] {
  const addresses = reference.view
    .rows("members")
    .flatMap(({ email }) => (typeof email === "string" ? [email.toLowerCase()] : []));
  return new Set(addresses).size === addresses.length
    ? []
    : [`after entry ${sequence} two members have one address: ${addresses.toSorted().join(" ")}`];
}

/** Counted anew, not as the code under test counts. */
function checkAlbums(reference: Reference, sequence: number): string[] {
  const members = Map.groupBy(reference.view.rows("albumPhotos"), ({ albumId }) => albumId);
  return reference.view.rows("albums").flatMap(({ id, photoCount }) => {
    const count = members.get(id ?? null)?.length ?? 0;
    return photoCount === count
      ? []
      : [
          `after entry ${sequence} album ${JSON.stringify(id)} has ${count} photos, and says ${JSON.stringify(photoCount)}`,
        ];
  });
}

/**
 * What is shown by a share that is open was shareable when it began, and left it when it was trashed or made private; with
 * the last of them the share ended.
 */
function checkShares(reference: Reference, sequence: number): string[] {
  const photos = new Map(reference.view.rows("photos").map((photo) => [photo["id"], photo]));
  const shown = Map.groupBy(reference.view.rows("sharePhotos"), ({ shareId }) => shareId);
  const told = reference.view.rows("sharePhotos").flatMap(({ id, photoId }) => {
    const photo = photos.get(photoId);
    return photo?.["deletedAt"] === null && photo["private"] === false
      ? []
      : [
          `after entry ${sequence} ${JSON.stringify(id)} is shown, and its photo is in the trash, private or gone`,
        ];
  });
  const counted = reference.view.rows("shares").flatMap(({ id, state, photoCount }) => {
    const count = shown.get(id ?? null)?.length ?? 0;
    const name = `share ${JSON.stringify(id)}`;
    if (state !== "open")
      return count === 0 ? [] : [`after entry ${sequence} ${name} has ended and shows ${count} photos`];
    if (count === 0) return [`after entry ${sequence} ${name} is open and shows nothing`];
    return photoCount === count
      ? []
      : [`after entry ${sequence} ${name} shows ${count} photos, and says ${JSON.stringify(photoCount)}`];
  });
  return [...told, ...counted];
}

/** By sums of its own, not by the rows that the code under test keeps. */
function checkUsed(reference: Reference, sequence: number): string[] {
  const said = reference.view.row("users", reference.owner)?.["storageUsed"];
  const used = usedBytes(reference);
  return said === used
    ? []
    : [`after entry ${sequence} ${used} bytes are used, and the record says ${JSON.stringify(said)}`];
}

/** Only what an administrator took away may be exceeded, and not further. */
function checkQuota(
  reference: Reference,
  sequence: number,
  { before, after }: { readonly before: number; readonly after: number },
): string[] {
  const quota = Number(reference.view.row("users", reference.owner)?.["storageQuota"]);
  return after > before && after > quota
    ? [`after entry ${sequence} ${after} bytes are used or reserved, and the quota is ${quota}`]
    : [];
}
