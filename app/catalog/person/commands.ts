import type { DecisionContext } from "../protocol/model.ts";
import type { Command } from "../catalog.ts";
import { addPhoto, changePhoto } from "./photo-commands.ts";
import { type PersonDecision, type PersonState, person } from "./person-state.ts";
import { closeUpload, openUpload } from "./upload-commands.ts";

/** A person who keeps working signs in with every request; it is recorded at most this often. */
const signInIntervalMilliseconds = 3600 * 1000;

export async function decide(
  command: Command,
  state: PersonState,
  context: DecisionContext,
): Promise<PersonDecision> {
  switch (command.kind) {
    case "add-photo":
      return await addPhoto(command, state, context);
    case "trash-photo":
    case "restore-photo":
    case "record-derivatives":
    case "fail-processing":
    case "purge-photo":
    case "finish-purge":
      return await changePhoto(command, state);
    case "open-upload":
      return await openUpload(command, state, context);
    case "close-upload":
      return await closeUpload(command, state);
    case "see-sign-in":
      return await seeSignIn(command, state, context);
  }
}

async function seeSignIn(
  { email, name }: Extract<Command, { kind: "see-sign-in" }>,
  state: PersonState,
  { owner, at }: DecisionContext,
): Promise<PersonDecision> {
  const user = await person(state, owner);
  const isFirst = user.lastLogin === null;
  const isRecent =
    user.lastLogin !== null && Date.parse(at) - Date.parse(user.lastLogin) < signInIntervalMilliseconds;
  if (isRecent && user.email === email && user.name === name) return { effects: [], bytes: 0, subject: null };
  return { effects: [{ kind: "signed-in", email, name, isFirst }], bytes: 0, subject: null };
}
