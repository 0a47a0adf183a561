import { randomUUID } from "../late-crypto.ts";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import { idempotencyKeyHeader } from "../http/idempotency-key.ts";
import { photoTextLimits } from "../catalog/photo.ts";
import { conditionHeader, entityTag, readCondition } from "../http/edit-condition.ts";
import type { PhotoLibrary } from "./photo-library.ts";
import { PhotoSchema, toPhotoReply } from "./photo-reply.ts";

const { title, description, tag, tags } = photoTextLimits;

const PhotoEditSchema = Type.Object(
  {
    title: Type.Optional(Type.Unsafe<string | null>({ type: ["string", "null"], maxLength: title })),
    description: Type.Optional(
      Type.Unsafe<string | null>({ type: ["string", "null"], maxLength: description }),
    ),
    tags: Type.Optional(
      Type.Array(Type.String({ maxLength: tag }), { maxItems: tags, description: "All of them, in order." }),
    ),
    private: Type.Optional(Type.Boolean()),
    favorite: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false, description: "What is left out stays as it is." },
);

const Editing = Type.Object({ ...conditionHeader("photo"), ...idempotencyKeyHeader });

/** `PATCH /v1/photos/{id}`: what its owner may write about a photo. */
export const photoEditRoutes: FastifyPluginAsyncTypebox<{ readonly library: PhotoLibrary }> = async (
  server,
  { library },
) => {
  server.patch(
    "/v1/photos/:photoId",
    {
      schema: {
        operationId: "editPhoto",
        summary: "Change title, description, tags, who may see it, or whether it is a favourite",
        tags: ["photos"],
        params: Type.Object({ photoId: Type.String() }),
        headers: Editing,
        body: PhotoEditSchema,
        response: { 200: PhotoSchema },
      },
    },
    async ({ identity, params, headers, body }, reply) => {
      const photo = await library.edit(identity.userId, params.photoId, body, {
        idempotencyKey: headers["idempotency-key"] ?? randomUUID(),
        ...readCondition("photo", headers["if-match"]),
      });
      void reply.header("etag", entityTag(photo));
      return toPhotoReply(photo);
    },
  );
};
