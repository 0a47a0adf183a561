import { randomUUID } from "../late-crypto.ts";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import { albumLimits } from "../catalog/album.ts";
import { idempotencyKeyHeader } from "../http/idempotency-key.ts";
import { pageOf, pageParameters } from "../http/page-parameters.ts";
import { PhotoPageSchema, toPhotoReply } from "../photos/photo-reply.ts";
import type { AlbumLibrary } from "./album-library.ts";
import { AlbumSchema, toAlbumReply } from "./album-reply.ts";

/** Of every address of one album. */
export const AlbumParameters = Type.Object({ albumId: Type.String() });

const photoIds = Type.Array(Type.String({ maxLength: 100 }), {
  minItems: 1,
  maxItems: albumLimits.photosAtOnce,
});

const Named = Type.Object({ photo_ids: photoIds }, { additionalProperties: false });

const Moved = Type.Object(
  {
    photo_ids: photoIds,
    before: Type.Unsafe<string | null>({
      type: ["string", "null"],
      maxLength: 100,
      description: "The photo of the album that they come to stand before; null for the end.",
    }),
  },
  { additionalProperties: false },
);

function changing(operationId: string, summary: string, body: typeof Named | typeof Moved) {
  return {
    operationId,
    summary,
    tags: ["albums"],
    params: AlbumParameters,
    headers: Type.Object(idempotencyKeyHeader),
    body,
    response: { 200: AlbumSchema },
  };
}

/** `/v1/albums/{id}/photos…`: which photos are in an album, and in which order. */
export const albumPhotoRoutes: FastifyPluginAsyncTypebox<{ readonly library: AlbumLibrary }> = async (
  server,
  { library },
) => {
  server.get(
    "/v1/albums/:albumId/photos",
    {
      schema: {
        operationId: "listAlbumPhotos",
        summary: "Photos of an album that are not in the trash, in its order",
        tags: ["albums"],
        params: AlbumParameters,
        querystring: Type.Object(pageParameters),
        response: { 200: PhotoPageSchema },
      },
    },
    async ({ identity, params, query }) => {
      const { photos, nextCursor } = await library.photos(identity.userId, params.albumId, pageOf(query));
      return { photos: photos.map(toPhotoReply), next_cursor: nextCursor ?? null };
    },
  );

  server.post(
    "/v1/albums/:albumId/photos",
    {
      schema: {
        ...changing("addToAlbum", "Put photos at an album's end; what is in it stays where it is", Named),
        body: Named,
      },
    },
    async ({ identity, params, headers, body }) => {
      const key = headers["idempotency-key"] ?? randomUUID();
      return toAlbumReply(await library.add(identity.userId, params.albumId, body.photo_ids, key));
    },
  );

  server.post(
    "/v1/albums/:albumId/photos/remove",
    {
      schema: {
        ...changing("removeFromAlbum", "Take photos out of an album; they stay in the library", Named),
        body: Named,
      },
    },
    async ({ identity, params, headers, body }) => {
      const key = headers["idempotency-key"] ?? randomUUID();
      return toAlbumReply(await library.remove(identity.userId, params.albumId, body.photo_ids, key));
    },
  );

  server.post(
    "/v1/albums/:albumId/photos/move",
    {
      schema: {
        ...changing("moveInAlbum", "Put photos of an album elsewhere in it, in the order given", Moved),
        body: Moved,
      },
    },
    async ({ identity, params, headers, body: { photo_ids: moved, before } }) => {
      const key = headers["idempotency-key"] ?? randomUUID();
      return toAlbumReply(
        await library.move(identity.userId, params.albumId, { photoIds: moved, before }, key),
      );
    },
  );
};
