import type { OrganisationEffect } from "../catalog/organisation/effects.ts";
import type { Effect } from "../catalog/person/effects.ts";

/**
 * What happened to a person's catalog, in words, to be asked for one effect after the other from the log's first: what was
 * redacted looks in an edit like what the person cleared, and only the entry that added the photo tells which it is.
 */
export function personEffectWords(): (effect: Effect) => string {
  const redacted = new Set<string>();
  return (effect) => {
    if (effect.kind === "photo-added") {
      const { id, sha256 } = effect.photo;
      if (sha256 === "") redacted.add(id);
      else redacted.delete(id);
    }
    return effectWords(effect, redacted);
  };
}

/** @param redacted ids of photos that nothing is told of any more */
function effectWords(effect: Effect, redacted: ReadonlySet<string>): string {
  switch (effect.kind) {
    case "photo-added": {
      const { id, filename, width, height, sizeBytes, state } = effect.photo;
      const rest = state === "processing" ? ", pictures to be made" : "";
      return `added photo ${id}: ${nameOf(filename)}, ${width} × ${height}, ${sizeBytes} bytes${rest}`;
    }
    case "photo-trashed":
      return `put photo ${effect.photoId} into the trash`;
    case "photo-restored":
      return `took photo ${effect.photoId} out of the trash`;
    case "photo-derived":
      return `made the pictures of photo ${effect.photoId} by procedure ${effect.derivation}`;
    case "processing-failed":
      return `could not make the pictures of photo ${effect.photoId}: ${redacted.has(effect.photoId) ? "(redacted)" : JSON.stringify(effect.metadata)}`;
    case "photo-purging":
      return `began to delete photo ${effect.photoId} for good`;
    case "photo-purged":
      return `deleted photo ${effect.photoId} for good`;
    case "upload-opened": {
      const { id, filename, sizeBytes, expiresDate } = effect.upload;
      return `opened upload ${id}: ${nameOf(filename)}, ${sizeBytes} bytes reserved until ${expiresDate}`;
    }
    case "upload-completed":
      return `upload ${effect.uploadId} led to photo ${effect.photoId}`;
    case "upload-closed":
      return `closed upload ${effect.uploadId}`;
    case "signed-in":
      return `signed in as ${effect.email}${effect.isFirst ? " for the first time" : ""}`;
    case "photo-edited":
      return `changed photo ${effect.photoId}: ${changeWords(effect.changes, redacted.has(effect.photoId))}`;
    case "settings-changed":
      return `changed the settings to ${JSON.stringify(effect.settings)}`;
    case "quota-set":
      return `has a quota of ${effect.bytes} bytes from administrator ${effect.administratorId}`;
    case "account-closed":
      return "closed the account";
    case "album-created":
      return `made album ${effect.albumId}: '${effect.title}'`;
    case "album-edited":
      return `changed album ${effect.albumId}: ${JSON.stringify(effect.changes)}`;
    case "album-photos-added":
      return `put into album ${effect.albumId}: ${namesOf(effect.photos.map(({ photoId }) => photoId))}`;
    case "album-photos-removed":
      return `took out of album ${effect.albumId}: ${namesOf(effect.photoIds)}`;
    case "album-photos-moved":
      return `moved within album ${effect.albumId}: ${namesOf(effect.photos.map(({ photoId }) => photoId))}`;
    case "album-deleted":
      return `deleted album ${effect.albumId}`;
    case "share-created": {
      const { id, expiresDate, photoIds } = effect.share;
      return `opened share ${id} until ${expiresDate}: ${namesOf(photoIds)}`;
    }
    case "share-photos-removed":
      return `took out of share ${effect.shareId}: ${namesOf(effect.photoIds)}`;
    case "share-ended":
      return `ended share ${effect.shareId}`;
  }
}

function changeWords(changes: object, isRedacted: boolean): string {
  return JSON.stringify(changes, (_, value: unknown) =>
    isRedacted && isNothing(value) ? "(redacted)" : value,
  );
}

function isNothing(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** What was purged has no name in the log any more. */
function nameOf(filename: string): string {
  return filename === "" ? "(redacted)" : `'${filename}'`;
}

function namesOf(photoIds: readonly string[]): string {
  return `${photoIds.length === 1 ? "photo" : `${photoIds.length} photos`} ${photoIds.join(", ")}`;
}

/** What was purged, and who left, have neither name nor address in the log any more. */
export function orRedacted(text: string): string {
  return text === "" ? "(redacted)" : text;
}

/** What happened to the organisation, in words. */
export function organisationEffectWords(effect: OrganisationEffect): string {
  switch (effect.kind) {
    case "member-joined":
      return `${orRedacted(effect.email)} joined as ${effect.userId}`;
    case "member-renamed":
      return effect.email === ""
        ? `${effect.userId} had another name or address: (redacted)`
        : `${effect.userId} is now ${effect.name ?? "without a name"}, ${effect.email}`;
    case "member-lost-email":
      return `the address of ${effect.userId} belongs to somebody else now`;
    case "member-closed":
      return `${effect.userId} closed the account`;
    case "quota-set":
      return effect.bytes === null
        ? `${effect.userId} has everyone's quota again`
        : `${effect.userId} has a quota of ${effect.bytes} bytes`;
    case "setting-set":
      return `set '${effect.name}' to ${JSON.stringify(effect.value)}`;
    case "flag-set":
      return `flag '${effect.name}' is ${effect.isEnabled ? "on for everyone" : `on for ${effect.userIds.join(", ") || "nobody"}`}`;
    case "flag-removed":
      return `removed flag '${effect.name}'`;
    case "statistics-recorded":
      return `${effect.day}: ${effect.people} people, ${effect.photos} photos, ${effect.bytes} bytes`;
  }
}
