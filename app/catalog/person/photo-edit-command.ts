import { isDeepStrictEqual } from "node:util";
import type { PhotoCommand, PhotoEdit } from "../command.ts";
import { photoTextLimits } from "../photo.ts";
import { PhotoChangedError, PhotoNotFoundError } from "./errors.ts";
import type { PersonDecision, PersonState } from "./person-state.ts";
import type { PhotoEdited } from "./photo-edit-effect.ts";
import { recordedLine, recordedParagraphs, recordedTags } from "./recorded-text.ts";
import { leavingShares } from "./share-commands.ts";
import type { PhotoRow } from "./tables.ts";

type EditPhoto = Extract<PhotoCommand, { kind: "edit-photo" | "favorite-photo" | "tag-photo" }>;
type Changes = PhotoEdited["changes"];

export async function editPhoto(command: EditPhoto, state: PersonState): Promise<PersonDecision> {
  const { photoId } = command;
  const photo = await state.get("photos", photoId);
  if (photo === undefined || photo.state === "purging") throw new PhotoNotFoundError(photoId);
  const edit = editOf(command, photo);
  const expected = command.kind === "edit-photo" ? command.expectedVersion : undefined;
  if (expected !== undefined && expected !== photo.version) {
    throw new PhotoChangedError(photoId, expected, photo.version);
  }
  const changes = changesOf(recorded(edit), photo);
  if (Object.keys(changes).length === 0) return { effects: [], bytes: 0, subject: photoId };
  const leaving = changes.private === true ? await leavingShares([photoId], state) : [];
  return { effects: [{ kind: "photo-edited", photoId, changes }, ...leaving], bytes: 0, subject: photoId };
}

function editOf(command: EditPhoto, { tags }: PhotoRow): PhotoEdit {
  switch (command.kind) {
    case "edit-photo":
      return command.edit;
    case "favorite-photo":
      return { favorite: command.favorite };
    case "tag-photo": {
      // As they would be recorded, so that how a tag was typed does not matter.
      const removed = new Set(recordedTags(command.remove ?? []));
      return { tags: [...tags.filter((tag) => !removed.has(tag)), ...(command.add ?? [])] };
    }
  }
}

/** What of it the photo does not have already. */
function changesOf(edit: Changes, photo: PhotoRow): Changes {
  const { title, description, tags, private: isPrivate, favorite } = edit;
  return {
    ...(title !== undefined && title !== photo.title && { title }),
    ...(description !== undefined && description !== photo.description && { description }),
    ...(tags !== undefined && !isDeepStrictEqual(tags, photo.tags) && { tags }),
    ...(isPrivate !== undefined && isPrivate !== photo.private && { private: isPrivate }),
    ...(favorite !== undefined && favorite !== photo.favorite && { favorite }),
  };
}

/** @throws InvalidCommandError */
function recorded({ title, description, tags, private: isPrivate, favorite }: PhotoEdit): Changes {
  return {
    ...(title !== undefined && { title: recordedLine("title", title, photoTextLimits.title) }),
    ...(description !== undefined && {
      description: recordedParagraphs("description", description, photoTextLimits.description),
    }),
    ...(tags !== undefined && { tags: recordedTags(tags) }),
    ...(isPrivate !== undefined && { private: isPrivate }),
    ...(favorite !== undefined && { favorite }),
  };
}
