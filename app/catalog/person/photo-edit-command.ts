import { isDeepStrictEqual } from "node:util";
import type { Command, PhotoEdit } from "../catalog.ts";
import { photoTextLimits } from "../photo.ts";
import { InvalidCommandError } from "../protocol/errors.ts";
import { PhotoChangedError, PhotoNotFoundError } from "./errors.ts";
import type { PersonDecision, PersonState } from "./person-state.ts";
import type { PhotoEdited } from "./photo-edit-effect.ts";
import type { PhotoRow } from "./tables.ts";

type Changes = PhotoEdited["changes"];

export async function editPhoto(
  command: Extract<Command, { kind: "edit-photo" | "favorite-photo" }>,
  state: PersonState,
): Promise<PersonDecision> {
  const { photoId } = command;
  const photo = await state.get("photos", photoId);
  if (photo === undefined || photo.state === "purging") throw new PhotoNotFoundError(photoId);
  const edit = command.kind === "edit-photo" ? command.edit : { favorite: command.favorite };
  const expected = command.kind === "edit-photo" ? command.expectedVersion : undefined;
  if (expected !== undefined && expected !== photo.version) {
    throw new PhotoChangedError(photoId, expected, photo.version);
  }
  const changes = changesOf(recorded(edit), photo);
  const isChanged = Object.keys(changes).length > 0;
  return {
    effects: isChanged ? [{ kind: "photo-edited", photoId, changes }] : [],
    bytes: 0,
    subject: photoId,
  };
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
    ...(title !== undefined && { title: line("title", title, photoTextLimits.title) }),
    ...(description !== undefined && { description: paragraphs(description) }),
    ...(tags !== undefined && { tags: recordedTags(tags) }),
    ...(isPrivate !== undefined && { private: isPrivate }),
    ...(favorite !== undefined && { favorite }),
  };
}

function recordedTags(tags: readonly string[]): string[] {
  if (tags.length > photoTextLimits.tags) {
    throw new InvalidCommandError(
      `a photo has at most ${photoTextLimits.tags} tags, got ${tags.length}: leave some out`,
    );
  }
  const lines = tags.map((tag) => line("tag", tag, photoTextLimits.tag));
  return [...new Set(lines.filter((tag) => tag !== null))];
}

function line(what: string, text: string | null, most: number): string | null {
  return checked(what, text?.replaceAll(/\p{Cc}+/gu, " "), most);
}

/** Keeps line feeds; other control characters show nothing and are left out. */
function paragraphs(text: string | null): string | null {
  const clean = text?.replaceAll(/\r\n?/g, "\n").replaceAll(/[^\P{Cc}\n\t]+/gu, "");
  return checked("description", clean, photoTextLimits.description);
}

function checked(what: string, text: string | undefined, most: number): string | null {
  const trimmed = text?.normalize("NFC").trim() ?? "";
  if (!trimmed.isWellFormed()) throw new InvalidCommandError(`the ${what} holds half of a character`);
  const { length } = Array.from(trimmed);
  if (length > most) {
    throw new InvalidCommandError(`the ${what} has ${length} characters and may have ${most}: shorten it`);
  }
  return trimmed === "" ? null : trimmed;
}
