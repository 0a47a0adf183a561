import * as Type from "typebox";
import type { Static } from "typebox";
import { nextCursor } from "../http/page-parameters.ts";
import type { PhotoColumns } from "../catalog/timeline.ts";

export const TimelineSchema = Type.Object(
  {
    periods: Type.Array(
      Type.Object({
        period: Type.String({
          description:
            "2015-09 or 2015-09-08, by the camera's clock; of the upload, in UTC, where that is not known.",
        }),
        count: Type.Integer(),
      }),
    ),
    next_cursor: nextCursor,
  },
  { title: "Timeline" },
);

export const PhotoColumnsSchema = Type.Object(
  {
    ids: Type.Array(Type.String()),
    ratios: Type.Array(Type.Number(), { description: "Width divided by height." }),
    thumbhashes: Type.Array(Type.String(), { description: "Base64 of ThumbHashes." }),
    taken: Type.Array(Type.String(), {
      description:
        "2015-09-08T11:02:17 by the camera's clock; of the upload, in UTC, where that is not known.",
    }),
    favorites: Type.Array(Type.Boolean()),
    next_cursor: nextCursor,
  },
  { title: "PhotoColumns", description: "Arrays of the same length, one element a photo." },
);

export function toColumnsReply(columns: PhotoColumns): Static<typeof PhotoColumnsSchema> {
  return {
    ids: [...columns.ids],
    ratios: [...columns.ratios],
    thumbhashes: [...columns.thumbhashes],
    taken: [...columns.shownAt],
    favorites: [...columns.favorites],
    next_cursor: columns.nextCursor ?? null,
  };
}
