import { type AlbumEdit, albumLimits } from "../album.ts";
import { isDeepStrictEqual } from "node:util";
import { InvalidCommandError } from "../protocol/errors.ts";
import type { AlbumEdited } from "./album-effects.ts";
import { PhotoNotInAlbumError } from "./album-errors.ts";
import type { PersonState } from "./person-state.ts";
import { checkId, recordedLine, recordedParagraphs } from "./recorded-text.ts";
import { type AlbumRow, memberKey } from "./tables.ts";

/**
 * What of the edit the album does not have already.
 *
 * @throws PhotoNotInAlbumError for a cover that is not in it, InvalidCommandError
 */
export async function changedAlbum(
  { title, description, coverPhotoId, sharedWith }: AlbumEdit,
  album: AlbumRow,
  state: PersonState,
): Promise<AlbumEdited["changes"]> {
  if (
    typeof coverPhotoId === "string" &&
    !(await state.get("albumPhotos", memberKey(album.id, coverPhotoId)))
  ) {
    throw new PhotoNotInAlbumError(album.id, coverPhotoId);
  }
  const wanted = {
    ...(title !== undefined && { title: recordedTitle(title) }),
    ...(description !== undefined && {
      description: recordedParagraphs("description", description, albumLimits.description),
    }),
    ...(coverPhotoId !== undefined && { coverPhotoId }),
    ...(sharedWith !== undefined && { sharedWith: recordedColleagues(sharedWith, album.userId) }),
  };
  const has: Readonly<Record<string, unknown>> = album;
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => !isDeepStrictEqual(value, has[name])),
  );
}

/** @throws InvalidCommandError */
export function recordedTitle(title: string): string {
  const recorded = recordedLine("title", title, albumLimits.title);
  if (recorded === null) throw new InvalidCommandError("an album needs a title: give it one");
  return recorded;
}

function recordedColleagues(userIds: readonly string[], owner: string): string[] {
  if (userIds.length > albumLimits.sharedWith) {
    throw new InvalidCommandError(
      `an album is shown to at most ${albumLimits.sharedWith} colleagues, got ${userIds.length}: leave some out`,
    );
  }
  for (const userId of userIds) checkId("a colleague", userId);
  return [...new Set(userIds)].filter((userId) => userId !== owner).toSorted();
}
