import { randomUUID } from "../late-crypto.ts";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import { albumLimits } from "../catalog/album.ts";
import { conditionHeader, entityTag, readCondition } from "../http/edit-condition.ts";
import { idempotencyKeyHeader } from "../http/idempotency-key.ts";
import { pageOf, pageParameters } from "../http/page-parameters.ts";
import type { AlbumLibrary } from "./album-library.ts";
import { AlbumParameters, albumPhotoRoutes } from "./album-photo-routes.ts";
import { AlbumPageSchema, AlbumSchema, toAlbumReply } from "./album-reply.ts";

export interface AlbumRoutesOptions {
  readonly library: AlbumLibrary;
}

const Writing = Type.Object(idempotencyKeyHeader);

const title = Type.String({ maxLength: albumLimits.title });
const description = Type.Unsafe<string | null>({
  type: ["string", "null"],
  maxLength: albumLimits.description,
});

const NewAlbumBody = Type.Object(
  {
    title,
    description: Type.Optional(description),
    photo_ids: Type.Optional(
      Type.Array(Type.String({ maxLength: 100 }), {
        maxItems: albumLimits.photosAtOnce,
        description: "In this order.",
      }),
    ),
  },
  { additionalProperties: false },
);

const AlbumEditBody = Type.Object(
  {
    title: Type.Optional(title),
    description: Type.Optional(description),
    cover_photo_id: Type.Optional(
      Type.Unsafe<string | null>({
        type: ["string", "null"],
        maxLength: 100,
        description: "A photo of the album; null: whichever is the first.",
      }),
    ),
  },
  { additionalProperties: false, description: "What is left out stays as it is." },
);

/** `/v1/albums…`: the person's own albums. */
export const albumRoutes: FastifyPluginAsyncTypebox<AlbumRoutesOptions> = async (server, { library }) => {
  await server.register(albumPhotoRoutes, { library });

  server.get(
    "/v1/albums",
    {
      schema: {
        operationId: "listAlbums",
        summary: "Albums, those that were changed last first",
        tags: ["albums"],
        querystring: Type.Object(pageParameters),
        response: { 200: AlbumPageSchema },
      },
    },
    async ({ identity, query }) => {
      const page = await library.list(identity.userId, pageOf(query));
      return { albums: page.albums.map(toAlbumReply), next_cursor: page.nextCursor ?? null };
    },
  );

  server.post(
    "/v1/albums",
    {
      schema: {
        operationId: "createAlbum",
        summary: "Make an album, with photos or without",
        tags: ["albums"],
        headers: Writing,
        body: NewAlbumBody,
        response: { 201: AlbumSchema },
      },
    },
    async ({ identity, headers, body: { photo_ids: photoIds, ...album } }, reply) => {
      const key = headers["idempotency-key"] ?? randomUUID();
      const created = await library.create(
        identity.userId,
        { ...album, ...(photoIds !== undefined && { photoIds }) },
        key,
      );
      void reply.header("etag", entityTag(created)).header("location", `/v1/albums/${created.id}`);
      return await reply.code(201).send(toAlbumReply(created));
    },
  );

  server.get(
    "/v1/albums/:albumId",
    {
      schema: {
        operationId: "getAlbum",
        summary: "One album",
        tags: ["albums"],
        params: AlbumParameters,
        response: { 200: AlbumSchema },
      },
    },
    async ({ identity, params }, reply) => {
      const album = await library.get(identity.userId, params.albumId);
      void reply.header("etag", entityTag(album));
      return toAlbumReply(album);
    },
  );

  server.patch(
    "/v1/albums/:albumId",
    {
      schema: {
        operationId: "editAlbum",
        summary: "Change title, description or cover",
        tags: ["albums"],
        params: AlbumParameters,
        headers: Type.Object({ ...conditionHeader("album"), ...idempotencyKeyHeader }),
        body: AlbumEditBody,
        response: { 200: AlbumSchema },
      },
    },
    async ({ identity, params, headers, body: { cover_photo_id: coverPhotoId, ...edit } }, reply) => {
      const album = await library.edit(
        identity.userId,
        params.albumId,
        { ...edit, ...(coverPhotoId !== undefined && { coverPhotoId }) },
        {
          idempotencyKey: headers["idempotency-key"] ?? randomUUID(),
          ...readCondition("album", headers["if-match"]),
        },
      );
      void reply.header("etag", entityTag(album));
      return toAlbumReply(album);
    },
  );

  server.delete(
    "/v1/albums/:albumId",
    {
      schema: {
        operationId: "deleteAlbum",
        summary: "Delete an album; its photos stay",
        tags: ["albums"],
        params: AlbumParameters,
        headers: Writing,
        response: { 204: Type.Null({ description: "It is deleted." }) },
      },
    },
    async ({ identity, params, headers }, reply) => {
      await library.delete(identity.userId, params.albumId, headers["idempotency-key"] ?? randomUUID());
      return await reply.code(204).send(null);
    },
  );
};
