import type { PastCatalog } from "../catalog/history/past-catalog.ts";
import type { PastOrganisation } from "../catalog/history/past-organisation.ts";
import type { Photo } from "../catalog/photo.ts";
import type { Profile } from "../catalog/profile.ts";
import type { Upload } from "../catalog/upload.ts";
import { orRedacted } from "./effect-words.ts";
import { counted, oneLine } from "./terminal.ts";

/** A person's catalog of a moment where nothing before it is damaged. */
export type WholePast = Exclude<PastCatalog, { readonly damage: unknown }>;

/** The same of the organisation's. */
export type WholeOrganisation = Exclude<PastOrganisation, { readonly damage: unknown }>;

/** What it was, in short: how much there was, and what each photo, album and open upload is called. */
export function summary(past: WholePast): readonly string[] {
  const { photos, albums } = past;
  return [
    ...momentWords(past),
    ...amounts(past),
    ...photos.map(({ id, title, filename, deletedAt }) =>
      [`  ${id}`, title, orRedacted(filename), deletedAt !== null && "(trash)"].filter(isTold).join("  "),
    ),
    ...albums.map(({ id, title, photoCount }) => `  ${id}  ${title}: ${counted(photoCount, "photo")}`),
    ...openUploads(past).map(
      ({ id, filename, sizeBytes }) => `  ${id}  ${orRedacted(filename)}, ${sizeBytes} bytes  (upload)`,
    ),
  ].map(oneLine);
}

/** What the organisation's was: everyone, every flag, every setting and every day's statistics. */
export function organisationSummary(past: WholeOrganisation): readonly string[] {
  const { members, flags, settings, statistics } = past;
  return [
    ...momentWords(past),
    ...fields([
      ["members", counted(members.length, "member")],
      ["flags", counted(flags.length, "flag")],
      ["settings", counted(Object.keys(settings).length, "setting")],
      ["statistics", counted(statistics.length, "day")],
    ]),
    ...members.map(({ userId, email, name, storageQuota }) =>
      [
        `  ${userId}`,
        // Redacted with its owner's leaving, which comes after this moment then.
        email === null ? "no address" : orRedacted(email),
        name,
        storageQuota !== null && `quota ${storageQuota} bytes`,
      ]
        .filter(isTold)
        .join("  "),
    ),
    ...flags.map(
      ({ name, isEnabled, userIds }) =>
        `  flag '${name}'  ${isEnabled ? "on for everyone" : `on for ${userIds.join(", ") || "nobody"}`}`,
    ),
    ...Object.entries(settings).map(([name, value]) => `  setting '${name}'  ${JSON.stringify(value)}`),
    ...statistics.map(
      ({ day, people, photos, bytes }) =>
        `  ${day}  ${counted(people, "person", "people")}, ${counted(photos, "photo")}, ${bytes} bytes`,
    ),
  ].map(oneLine);
}

/** The whole of it for a person to read: each photo and upload with what is recorded of it, each album and share with its photos. */
export function wholeWords(owner: string, past: WholePast): readonly string[] {
  const { sequence, at, photos, albums, shares, uploads, profile } = past;
  return [
    at === null ? `${owner}: nothing yet` : `${owner}, after entry ${sequence} of ${at}`,
    ...amounts(past),
    ...(profile === undefined ? [] : ["", "profile", ...profileWords(profile)]),
    ...photos.flatMap((photo) => ["", `photo ${photo.id}`, ...photoWords(photo)]),
    ...albums.flatMap(({ id, title, description, coverPhotoId, sharedWith, photoIds, ...album }) => [
      "",
      `album ${id}`,
      ...fields([
        ["title", title],
        ["description", description],
        ["dates", `made ${album.createdDate}, changed ${album.updatedDate}, version ${album.version}`],
        ["cover", coverPhotoId],
        ["shown to", sharedWith.join(", ")],
        ["photos", photoIds.join(", ")],
      ]),
    ]),
    ...shares.flatMap(({ id, title, createdDate, expiresDate, endedDate, photoIds }) => [
      "",
      `share ${id}`,
      ...fields([
        ["title", title],
        [
          "dates",
          `opened ${createdDate}, ends ${expiresDate}${endedDate === null ? "" : `, ended ${endedDate}`}`,
        ],
        ["photos", photoIds.join(", ")],
      ]),
    ]),
    ...uploads.flatMap((upload) => ["", `upload ${upload.id}`, ...uploadWords(upload)]),
  ];
}

function momentWords({ at, sequence }: Pick<WholePast, "at" | "sequence">): readonly string[] {
  return ["", at === null ? "Then: nothing yet." : `Then: after entry ${sequence} of ${at}`];
}

function amounts(past: WholePast): readonly string[] {
  const { photos, albums, shares, uploads, profile, closedAt, storageUsed, storageQuota } = past;
  const trashed = photos.filter(({ deletedAt }) => deletedAt !== null).length;
  return fields([
    ["person", profile === undefined ? "never signed in" : `${profile.name ?? "no name"}, ${profile.email}`],
    ["closed", closedAt],
    ["photos", `${counted(photos.length, "photo")}, ${trashed} of them in the trash`],
    ["albums", counted(albums.length, "album")],
    ["shares", counted(shares.length, "share")],
    ["uploads", `${counted(uploads.length, "upload")}, ${openUploads(past).length} of them open`],
    ["storage", `${storageUsed} bytes of ${storageQuota}`],
  ]);
}

/** Those that room was reserved for then. */
function openUploads({ uploads, at }: WholePast): readonly Upload[] {
  return uploads.filter(
    ({ state, expiresDate }) => state === "open" && (at === null || Date.parse(expiresDate) > Date.parse(at)),
  );
}

function profileWords({
  email,
  name,
  avatarUrl,
  createdDate,
  lastLogin,
  settings,
}: Profile): readonly string[] {
  return fields([
    ["name", name],
    ["address", email],
    ["picture", avatarUrl],
    ["dates", `signed in for the first time ${createdDate}, for the last time ${lastLogin}`],
    ["settings", `new photos are ${markOf(settings.privateByDefault)}`],
  ]);
}

function uploadWords(upload: Upload): readonly string[] {
  const { title, filename, sizeBytes, contentType, private: isPrivate, sha256, photoId } = upload;
  return fields([
    ["title", title],
    ["file", `${orRedacted(filename)}, ${sizeBytes} bytes, ${contentType}`],
    ["marks", isPrivate === null ? null : markOf(isPrivate)],
    ["dates", `opened ${upload.createdDate}, room is reserved until ${upload.expiresDate}`],
    ["photo", photoId],
    ["sum", `sha256 ${orRedacted(sha256)}`],
  ]);
}

function markOf(isPrivate: boolean): string {
  return isPrivate ? "private" : "shown to colleagues";
}

function photoWords(photo: Photo): readonly string[] {
  const { filename, contentType, sizeBytes, width, height, takenAt, latitude, longitude } = photo;
  const marks = [
    markOf(photo.private),
    photo.favorite && "favourite",
    photo.deletedAt !== null && `in the trash since ${photo.deletedAt}`,
    photo.state !== "ready" && photo.state,
  ];
  return fields([
    ["title", photo.title],
    ["description", photo.description],
    ["file", `${orRedacted(filename)}, ${width} × ${height}, ${sizeBytes} bytes, ${contentType}`],
    ["marks", marks.filter(isTold).join(", ")],
    ["tags", photo.tags.join(", ")],
    ["taken", takenAt === null ? null : `${takenAt}${offsetWords(photo.takenOffsetMinutes)}`],
    ["place", latitude === null || longitude === null ? null : `${latitude}, ${longitude}`],
    ["camera", [photo.camera, photo.lens].filter(isTold).join(", ")],
    ["dates", `uploaded ${photo.uploadDate}, changed ${photo.updatedDate}, version ${photo.version}`],
    ["original", `${photo.storagePath}, generation ${photo.generation}`],
    [
      "pictures",
      [photo.previewPath, photo.thumbnailPath, `procedure ${photo.derivation}`].filter(isTold).join(", "),
    ],
    ["thumbhash", photo.thumbhash],
    ["turned", photo.orientation === 1 ? null : `from EXIF orientation ${photo.orientation}`],
    ["metadata", Object.keys(photo.metadata).length === 0 ? null : JSON.stringify(photo.metadata)],
    ["sums", `sha256 ${orRedacted(photo.sha256)}, crc32c ${orRedacted(photo.crc32c)}`],
  ]);
}

/** Minutes east of UTC as `+02:00`. */
function offsetWords(minutes: number | null): string {
  if (minutes === null) return "";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? "-" : "+"}${hours.toString().padStart(2, "0")}:${rest.toString().padStart(2, "0")}`;
}

/** One line each, and none for what is not told. */
function fields(named: readonly (readonly [name: string, value: string | null])[]): readonly string[] {
  const width = Math.max(...named.map(([name]) => name.length));
  return named.flatMap(([name, value]) => {
    const line = oneLine(value ?? "").trim();
    return line === "" ? [] : [`  ${name.padEnd(width)}  ${line}`];
  });
}

function isTold(value: string | null | false): value is string {
  return typeof value === "string" && value !== "";
}
