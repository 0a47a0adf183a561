import type { DecisionContext } from "../protocol/model.ts";
import type { Command } from "../command.ts";
import { changeAlbum } from "./album-commands.ts";
import { AccountClosedError } from "./errors.ts";
import { addPhoto, changePhoto } from "./photo-commands.ts";
import { editPhoto } from "./photo-edit-command.ts";
import { type PersonDecision, type PersonState, person } from "./person-state.ts";
import { changeProfile } from "./profile-commands.ts";
import { changeShares } from "./share-commands.ts";
import { undoEntry } from "./undo-command.ts";
import { closeUpload, openUpload } from "./upload-commands.ts";

/** @throws AccountClosedError for whatever comes after the account's closing, in the same entry or later. */
export async function decide(
  command: Command,
  state: PersonState,
  context: DecisionContext,
): Promise<PersonDecision> {
  const user = await person(state, context.owner);
  if (user.closedAt !== null) throw new AccountClosedError(context.owner);
  switch (command.kind) {
    case "add-photo":
      return await addPhoto(command, state, context);
    case "trash-photo":
    case "restore-photo":
    case "record-derivatives":
    case "fail-processing":
    case "purge-photo":
    case "finish-purge":
      return await changePhoto(command, state, context);
    case "edit-photo":
    case "favorite-photo":
    case "tag-photo":
      return await editPhoto(command, state);
    case "create-album":
    case "edit-album":
    case "add-to-album":
    case "remove-from-album":
    case "move-in-album":
    case "delete-album":
      return await changeAlbum(command, state, context);
    case "create-share":
    case "end-share":
      return await changeShares(command, state, context);
    case "open-upload":
      return await openUpload(command, state, context);
    case "close-upload":
      return await closeUpload(command, state);
    case "see-sign-in":
    case "change-settings":
    case "set-quota":
    case "close-account":
      return changeProfile(command, user, context);
    case "undo-entry":
      return await undoEntry(command, state, user);
  }
}
