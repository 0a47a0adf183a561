import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import { pageOf, pageParameters } from "../http/page-parameters.ts";
import type { PhotoLibrary } from "./photo-library.ts";
import { countFiltered, filterParameters, readFilter } from "./photo-query.ts";
import { PhotoPageSchema, toPhotoReply } from "./photo-reply.ts";

type Listing = Type.Static<typeof Listing>;
const Listing = Type.Object({ ...pageParameters, ...filterParameters });

/** Lists of the person's own photos, the newest first, page by page. */
export const photoListRoutes: FastifyPluginAsyncTypebox<{ readonly library: PhotoLibrary }> = async (
  server,
  { library },
) => {
  async function list(userId: string, trashed: boolean, { limit, cursor, ...filter }: Listing) {
    const page = pageOf({ limit, cursor });
    const { photos, nextCursor } = await library.list(userId, { trashed, ...page, ...readFilter(filter) });
    return { photos: photos.map(toPhotoReply), next_cursor: nextCursor ?? null };
  }

  server.get(
    "/v1/photos",
    {
      config: { countedAs: countFiltered },
      schema: {
        operationId: "listPhotos",
        summary: "Photos that are not in the trash, newest first",
        tags: ["photos"],
        querystring: Listing,
        response: { 200: PhotoPageSchema },
      },
    },
    ({ identity, query }) => list(identity.userId, false, query),
  );

  server.get(
    "/v1/trash",
    {
      config: { countedAs: countFiltered },
      schema: {
        operationId: "listTrash",
        summary: "Photos that are in the trash, newest first",
        tags: ["photos"],
        querystring: Listing,
        response: { 200: PhotoPageSchema },
      },
    },
    ({ identity, query }) => list(identity.userId, true, query),
  );
};
