import type { Decision, DecisionContext, State } from "../protocol/model.ts";
import type { Command, NewPhoto } from "../catalog.ts";
import type { Effect } from "./effects.ts";
import { recordedPhoto } from "./photo-effects.ts";
import { PhotoExistsError, PhotoNotFoundError, QuotaExceededError } from "./errors.ts";
import type { PersonTables, PhotoRow, UserRow } from "./tables.ts";
import { settingsFrom } from "./settings.ts";

type PersonState = State<PersonTables>;
type PersonDecision = Decision<Effect>;

/** A person who keeps working signs in with every request; it is recorded at most this often. */
const signInIntervalMilliseconds = 3600 * 1000;

export async function decide(
  command: Command,
  state: PersonState,
  context: DecisionContext,
): Promise<PersonDecision> {
  switch (command.kind) {
    case "add-photo":
      return await addPhoto(command.photo, state, context);
    case "trash-photo": {
      const photo = await existingPhoto(command.photoId, state);
      return about(photo, photo.deletedAt === null ? [{ kind: "photo-trashed", photoId: photo.id }] : []);
    }
    case "restore-photo": {
      const photo = await existingPhoto(command.photoId, state);
      return about(photo, photo.deletedAt === null ? [] : [{ kind: "photo-restored", photoId: photo.id }]);
    }
    case "see-sign-in":
      return await seeSignIn(command, state, context);
  }
}

async function addPhoto(
  photo: NewPhoto,
  state: PersonState,
  { owner }: DecisionContext,
): Promise<PersonDecision> {
  if (await state.get("photos", photo.id)) throw new PhotoExistsError(photo.id);
  const [sameContent] = await state.find("photos", "sha256", photo.sha256);
  if (sameContent !== undefined) throw new PhotoExistsError(sameContent.id);
  const user = await person(state, owner);
  if (user.storageUsed + photo.sizeBytes > user.storageQuota) {
    throw new QuotaExceededError(photo.sizeBytes, user.storageUsed, user.storageQuota);
  }
  const isPrivate = photo.private ?? settingsFrom(user).privateByDefault;
  const recorded = recordedPhoto({ ...photo, private: isPrivate });
  return {
    effects: [{ kind: "photo-added", photo: recorded }],
    bytes: photo.sizeBytes,
    subject: photo.id,
  };
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

async function existingPhoto(photoId: string, state: PersonState): Promise<PhotoRow> {
  const photo = await state.get("photos", photoId);
  if (photo === undefined) throw new PhotoNotFoundError(photoId);
  return photo;
}

async function person(state: PersonState, owner: string): Promise<UserRow> {
  const user = await state.get("users", owner);
  if (user === undefined) throw new Error(`the catalog of ${owner} has lost its person's row`);
  return user;
}

function about(photo: PhotoRow, effects: readonly Effect[]): PersonDecision {
  return { effects, bytes: 0, subject: photo.id };
}
