import type { Command } from "../command.ts";
import type { DecisionContext } from "../protocol/model.ts";
import { photoTextLimits } from "../photo.ts";
import { InvalidCommandError } from "../protocol/errors.ts";
import { mostOpenUploads, reservationMilliseconds } from "../upload.ts";
import type { Effect } from "./effects.ts";
import { PhotoExistsError, TooManyUploadsError } from "./errors.ts";
import { type PersonDecision, type PersonState, checkRoom, person } from "./person-state.ts";
import { checkFileName, checkId, recordedLine } from "./recorded-text.ts";
import type { UploadRow } from "./tables.ts";

/** The same upload again is the one that is there: its id is made from the request's key. */
export async function openUpload(
  { upload }: Extract<Command, { kind: "open-upload" }>,
  state: PersonState,
  { owner, at }: DecisionContext,
): Promise<PersonDecision> {
  const { id, filename, contentType, sizeBytes, sha256 } = upload;
  checkId("an upload", id);
  checkFileName(filename);
  checkContentType(contentType);
  const title = recordedLine("title", upload.title, photoTextLimits.title);
  const sameContent = await state.find("photos", "sha256", sha256);
  const photo = sameContent.find((candidate) => candidate.state !== "purging");
  if (photo !== undefined) throw new PhotoExistsError(photo.id);
  const there = await state.find("uploads", "state", "open");
  const open = there.filter(({ expiresDate }) => expiresDate > at);
  if (open.some((other) => other.id === id)) return { effects: [], bytes: 0, subject: id };
  if (open.length >= mostOpenUploads) throw new TooManyUploadsError(mostOpenUploads);
  await checkRoom(state, await person(state, owner), sizeBytes, at);
  const expiresDate = new Date(Date.parse(at) + reservationMilliseconds).toISOString();
  const reserved = {
    id,
    filename,
    title,
    private: upload.private,
    contentType,
    sizeBytes,
    sha256,
    expiresDate,
  };
  const effects: Effect[] = [...closingExpired(there, at), { kind: "upload-opened", upload: reserved }];
  return { effects, bytes: 0, subject: id };
}

/** So that the log itself says that they are over: what they were called is taken out of it a day later. */
export function closingExpired(uploads: readonly UploadRow[], at: string): Effect[] {
  return uploads
    .filter(({ state, expiresDate }) => state === "open" && expiresDate <= at)
    .map(({ id }) => ({ kind: "upload-closed", uploadId: id }));
}

export async function closeUpload(
  { uploadId, photoId }: Extract<Command, { kind: "close-upload" }>,
  state: PersonState,
): Promise<PersonDecision> {
  const upload = await state.get("uploads", uploadId);
  if (upload?.state !== "open") return { effects: [], bytes: 0, subject: null };
  const photo = photoId === undefined ? undefined : await state.get("photos", photoId);
  // Of a photo that is being deleted for good nothing is told any more.
  const isThere = photo !== undefined && photo.state !== "purging";
  const effect: Effect = isThere
    ? { kind: "upload-completed", uploadId, photoId: photo.id }
    : { kind: "upload-closed", uploadId };
  return { effects: [effect], bytes: 0, subject: uploadId };
}

function checkContentType(type: string): void {
  if (/^[\x21-\x7e]{1,100}$/.test(type)) return;
  const received = JSON.stringify(type.slice(0, 120));
  throw new InvalidCommandError(
    `the type of a file must be 1 to 100 printing ASCII characters, got ${received}`,
  );
}
