import type { NewPhoto, PhotoCommand } from "../command.ts";
import { photoTextLimits } from "../photo.ts";
import type { DecisionContext } from "../protocol/model.ts";
import { leavingAlbum } from "./album-commands.ts";
import type { Effect } from "./effects.ts";
import { PhotoExistsError, PhotoNotFoundError, PhotoNotInTrashError } from "./errors.ts";
import { type PersonDecision, type PersonState, checkRoom, person } from "./person-state.ts";
import { recordedPhoto } from "./photo-effects.ts";
import { checkFileName, recordedLine, recordedParagraphs, recordedTags } from "./recorded-text.ts";
import { leavingShares } from "./share-commands.ts";
import { settingsFrom } from "./settings.ts";
import type { PhotoRow } from "./tables.ts";
import { closingExpired } from "./upload-commands.ts";

type AddPhoto = Extract<PhotoCommand, { kind: "add-photo" }>;
type ChangePhoto = Exclude<PhotoCommand, AddPhoto | { kind: "edit-photo" | "favorite-photo" | "tag-photo" }>;

export async function addPhoto(
  { photo, uploadId }: AddPhoto,
  state: PersonState,
  { owner, at }: DecisionContext,
): Promise<PersonDecision> {
  if (await state.get("photos", photo.id)) throw new PhotoExistsError(photo.id);
  const sameContent = await state.find("photos", "sha256", photo.sha256);
  // What is being deleted for good is shown nowhere: the same file may come anew.
  const other = sameContent.find((candidate) => candidate.state !== "purging");
  if (other !== undefined) throw new PhotoExistsError(other.id);
  const upload = uploadId === undefined ? undefined : await state.get("uploads", uploadId);
  if (upload?.photoId) throw new PhotoExistsError(upload.photoId);
  const user = await person(state, owner);
  await checkRoom(state, user, photo.sizeBytes, at, upload?.id);
  const isPrivate = photo.private ?? settingsFrom(user).privateByDefault;
  const recorded = recordedPhoto({ ...photo, ...recordedTexts(photo), private: isPrivate });
  const effects: Effect[] = [{ kind: "photo-added", photo: recorded }];
  if (upload !== undefined)
    effects.push({ kind: "upload-completed", uploadId: upload.id, photoId: photo.id });
  return { effects, bytes: photo.sizeBytes, subject: photo.id };
}

/**
 * As an edit would record them. Whoever reads them from a file has cut them before: what a camera wrote keeps no photo out.
 *
 * @throws InvalidCommandError
 */
function recordedTexts({ filename, title, description, tags, camera, lens }: NewPhoto) {
  checkFileName(filename);
  return {
    title: recordedLine("title", title, photoTextLimits.title),
    description: recordedParagraphs("description", description, photoTextLimits.description),
    tags: recordedTags(tags),
    camera: recordedLine("camera", camera, photoTextLimits.device),
    lens: recordedLine("lens", lens, photoTextLimits.device),
  };
}

export async function changePhoto(
  command: ChangePhoto,
  state: PersonState,
  { at }: Pick<DecisionContext, "at">,
): Promise<PersonDecision> {
  const photo = await state.get("photos", command.photoId);
  if (command.kind === "finish-purge") return await finishPurge(photo, state, at);
  if (photo === undefined) throw new PhotoNotFoundError(command.photoId);
  if (photo.state === "purging" && command.kind !== "purge-photo") throw new PhotoNotFoundError(photo.id);
  return { effects: await effectsOf(command, photo, state), bytes: 0, subject: photo.id };
}

async function effectsOf(
  command: Exclude<ChangePhoto, { kind: "finish-purge" }>,
  photo: PhotoRow,
  state: PersonState,
): Promise<readonly Effect[]> {
  const photoId = photo.id;
  switch (command.kind) {
    case "trash-photo":
      if (photo.deletedAt !== null) return [];
      return [{ kind: "photo-trashed", photoId }, ...(await leavingShares([photoId], state))];
    case "restore-photo":
      return photo.deletedAt === null ? [] : [{ kind: "photo-restored", photoId }];
    case "record-derivatives": {
      const { warning, ...derived } = command.derivatives;
      const metadata = { ...photo.metadata, decoderWarning: warning };
      return [{ kind: "photo-derived", photoId, ...derived, metadata }];
    }
    case "fail-processing": {
      const metadata = { ...photo.metadata, decoderWarning: command.reason };
      return photo.state === "processing" ? [{ kind: "processing-failed", photoId, metadata }] : [];
    }
    case "purge-photo":
      if (photo.deletedAt === null) throw new PhotoNotInTrashError(photoId);
      if (photo.state === "purging") return [];
      return [{ kind: "photo-purging", photoId }, ...(await leavingAlbums(photoId, state))];
  }
}

async function leavingAlbums(photoId: string, state: PersonState): Promise<Effect[]> {
  const effects: Effect[] = [];
  for (const { albumId } of await state.find("albumPhotos", "photoId", photoId)) {
    const album = await state.get("albums", albumId);
    if (album !== undefined) effects.push(...leavingAlbum(album, [photoId]));
  }
  return effects;
}

/** Gone already is no error: whoever purges may have been stopped after saying so. */
async function finishPurge(
  photo: PhotoRow | undefined,
  state: PersonState,
  at: string,
): Promise<PersonDecision> {
  if (photo === undefined) return { effects: [], bytes: 0, subject: null };
  if (photo.state !== "purging") throw new PhotoNotInTrashError(photo.id);
  const uploads = await state.find("uploads", "photoId", photo.id);
  const sameContent = (await state.find("uploads", "state", "open")).filter(
    ({ sha256 }) => sha256 === photo.sha256,
  );
  // Records of uploads have the file's name too.
  const closing = uploads.map(({ id }) => ({ kind: "upload-closed", uploadId: id }) as const);
  return {
    effects: [{ kind: "photo-purged", photoId: photo.id }, ...closing, ...closingExpired(sameContent, at)],
    bytes: -photo.sizeBytes,
    subject: photo.id,
  };
}
