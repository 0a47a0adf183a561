import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import type { PhotoPage } from "../catalog/questions.ts";
import type { PhotoLibrary } from "./photo-library.ts";
import { filterParameters, readFilter } from "./photo-query.ts";
import { PhotoPageSchema, toPhotoReply } from "./photo-reply.ts";

const page = {
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
};

const Listing = Type.Object({ ...page, ...filterParameters });

/** Lists of the person's own photos, the newest first, page by page. */
export const photoListRoutes: FastifyPluginAsyncTypebox<{ readonly library: PhotoLibrary }> = async (
  server,
  { library },
) => {
  server.get(
    "/v1/photos",
    {
      schema: {
        operationId: "listPhotos",
        summary: "Photos that are not in the trash, newest first",
        tags: ["photos"],
        querystring: Listing,
        response: { 200: PhotoPageSchema },
      },
    },
    async ({ identity, query: { limit, cursor, ...filter } }) =>
      toPageReply(
        await library.list(identity.userId, {
          limit,
          ...(cursor !== undefined && { cursor }),
          ...readFilter(filter),
        }),
      ),
  );

  server.get(
    "/v1/trash",
    {
      schema: {
        operationId: "listTrash",
        summary: "Photos that are in the trash, newest first",
        tags: ["photos"],
        querystring: Listing,
        response: { 200: PhotoPageSchema },
      },
    },
    async ({ identity, query: { limit, cursor, ...filter } }) =>
      toPageReply(
        await library.list(identity.userId, {
          trashed: true,
          limit,
          ...(cursor !== undefined && { cursor }),
          ...readFilter(filter),
        }),
      ),
  );
};

function toPageReply({ photos, nextCursor }: PhotoPage) {
  return { photos: photos.map(toPhotoReply), next_cursor: nextCursor ?? null };
}
