import * as Type from "typebox";
import type { Static } from "typebox";
import { nextCursor } from "../http/page-parameters.ts";
import type { ShownAlbum } from "../catalog/album.ts";
import { nullableText } from "../http/nullable-text.ts";

/** An album as its owner sees it. */
export const AlbumSchema = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    description: nullableText,
    cover_photo_id: Type.Unsafe<string | null>({
      type: ["string", "null"],
      description:
        "The photo that stands for it: the chosen one, else the first; null where nothing is shown.",
    }),
    photo_count: Type.Integer({ description: "Photos that are not in the trash." }),
    created_date: Type.String(),
    updated_date: Type.String({ description: "Of the last change of the album or of what is in it." }),
    version: Type.Integer({
      description: "Counts the edits; what `If-Match` compares. Photos that come and go do not count.",
    }),
  },
  { title: "Album" },
);

export type AlbumReply = Static<typeof AlbumSchema>;

export const AlbumPageSchema = Type.Object(
  {
    albums: Type.Array(AlbumSchema),
    next_cursor: nextCursor,
  },
  { title: "AlbumPage" },
);

export function toAlbumReply(album: ShownAlbum): AlbumReply {
  return {
    id: album.id,
    title: album.title,
    description: album.description,
    cover_photo_id: album.shownCoverId,
    photo_count: album.shownCount,
    created_date: album.createdDate,
    updated_date: album.updatedDate,
    version: album.version,
  };
}
