import * as Type from "typebox";
import type { Static } from "typebox";
import { foldText } from "../folded-text.ts";
import type { Changes } from "../protocol/changes.ts";
import type { EffectContext } from "../protocol/model.ts";

const textOrNull = Type.Union([Type.String(), Type.Null()]);

/** Its owner changed what is named; all else stayed as it was. */
export const PhotoEdited = Type.Object({
  kind: Type.Literal("photo-edited"),
  photoId: Type.String(),
  changes: Type.Object({
    title: Type.Optional(textOrNull),
    description: Type.Optional(textOrNull),
    tags: Type.Optional(Type.Array(Type.String())),
    private: Type.Optional(Type.Boolean()),
    favorite: Type.Optional(Type.Boolean()),
  }),
});
export type PhotoEdited = Static<typeof PhotoEdited>;

export function meanPhotoEdited(
  { photoId, changes: edited }: PhotoEdited,
  changes: Changes,
  { at }: EffectContext,
): void {
  const { title, description, tags, private: isPrivate, favorite } = edited;
  changes.patch(
    "photos",
    photoId,
    {
      ...(title !== undefined && { title, foldedTitle: foldText(title ?? "") }),
      ...(description !== undefined && { description, foldedDescription: foldText(description ?? "") }),
      ...(tags !== undefined && { tags, foldedTags: foldText(tags.join("\n")) }),
      ...(isPrivate !== undefined && { private: isPrivate }),
      ...(favorite !== undefined && { favorite }),
      updatedDate: at,
    },
    { version: 1 },
  );
}
