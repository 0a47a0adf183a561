import type { ShareCommand } from "../command.ts";
import { InvalidCommandError } from "../protocol/errors.ts";
import type { DecisionContext, Need } from "../protocol/model.ts";
import { shareLimits } from "../share.ts";
import { PhotoNotFoundError } from "./errors.ts";
import type { PersonDecision, PersonState } from "./person-state.ts";
import { checkId, recordedLine } from "./recorded-text.ts";
import type { ShareEnded, SharePhotosRemoved } from "./share-effects.ts";
import { PhotoNotShareableError, ShareExistsError, ShareNotFoundError } from "./share-errors.ts";
import { TooManySharesError } from "./share-errors.ts";
import type { PersonTables } from "./tables.ts";

/** Rows that deciding asks for. */
export function shareNeeds(command: ShareCommand): readonly Need<PersonTables>[] {
  if (command.kind === "end-share") {
    return [
      { table: "shares", value: command.shareId },
      { table: "sharePhotos", column: "shareId", value: command.shareId },
    ];
  }
  return [
    { table: "shares", value: command.share.id },
    { table: "shares", column: "state", value: "open" },
    ...command.share.photoIds.map((value) => ({ table: "photos", value }) as const),
  ];
}

export async function changeShares(
  command: ShareCommand,
  state: PersonState,
  context: DecisionContext,
): Promise<PersonDecision> {
  if (command.kind === "create-share") return await createShare(command, state, context);
  const { shareId } = command;
  const share = await state.get("shares", shareId);
  if (share === undefined) throw new ShareNotFoundError(shareId);
  if (share.state !== "open") return { effects: [], bytes: 0, subject: shareId };
  const shown = await state.find("sharePhotos", "shareId", shareId);
  const photoIds = shown.map(({ photoId }) => photoId).toSorted();
  return { effects: [{ kind: "share-ended", shareId, photoIds }], bytes: 0, subject: shareId };
}

async function createShare(
  { share: { id, title, expiresDate, photoIds } }: Extract<ShareCommand, { kind: "create-share" }>,
  state: PersonState,
  { at }: DecisionContext,
): Promise<PersonDecision> {
  checkId("a share", id);
  if (await state.get("shares", id)) throw new ShareExistsError(id);
  const open = await state.find("shares", "state", "open");
  if (open.filter((other) => other.expiresDate > at).length >= shareLimits.open) {
    throw new TooManySharesError(shareLimits.open);
  }
  const named = [...new Set(photoIds)];
  if (named.length === 0 || named.length > shareLimits.photos) {
    throw new InvalidCommandError(`a share shows 1 to ${shareLimits.photos} photos, got ${named.length}`);
  }
  for (const photoId of named) await checkShareable(photoId, state);
  const share = {
    id,
    title: recordedLine("title", title, shareLimits.title),
    expiresDate: recordedExpiry(expiresDate, at),
    photoIds: named,
  };
  return { effects: [{ kind: "share-created", share }], bytes: 0, subject: id };
}

/** @throws PhotoNotFoundError, PhotoNotShareableError */
async function checkShareable(photoId: string, state: PersonState): Promise<void> {
  const photo = await state.get("photos", photoId);
  if (photo === undefined || photo.state === "purging") throw new PhotoNotFoundError(photoId);
  if (photo.deletedAt !== null) throw new PhotoNotShareableError(photoId, "trash");
  if (photo.private) throw new PhotoNotShareableError(photoId, "private");
  if (photo.state !== "ready") throw new PhotoNotShareableError(photoId, "not-ready");
}

function recordedExpiry(expiresDate: string, at: string): string {
  const [expires, now] = [Date.parse(expiresDate), Date.parse(at)];
  if (expires > now && expires <= now + shareLimits.lifetimeMilliseconds) {
    return new Date(expires).toISOString();
  }
  const latest = new Date(now + shareLimits.lifetimeMilliseconds).toISOString();
  throw new InvalidCommandError(
    `a share expires after ${at} and at ${latest} at the latest, got ${JSON.stringify(expiresDate)}`,
  );
}

/** What takes photos out of every share that shows one of them; one that shows nothing else then ends. */
export async function leavingShares(
  photoIds: readonly string[],
  state: PersonState,
): Promise<(ShareEnded | SharePhotosRemoved)[]> {
  const leaving = new Map<string, string[]>();
  for (const photoId of photoIds) {
    for (const { shareId } of await state.find("sharePhotos", "photoId", photoId)) {
      leaving.set(shareId, [...(leaving.get(shareId) ?? []), photoId]);
    }
  }
  const effects: (ShareEnded | SharePhotosRemoved)[] = [];
  for (const [shareId, those] of leaving) {
    const share = await state.get("shares", shareId);
    const kind = share?.photoCount === those.length ? "share-ended" : "share-photos-removed";
    effects.push({ kind, shareId, photoIds: those });
  }
  return effects;
}
