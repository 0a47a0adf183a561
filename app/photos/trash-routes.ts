import { randomUUID } from "../late-crypto.ts";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import { idempotencyKeyHeader } from "../http/idempotency-key.ts";
import type { PhotoLibrary } from "./photo-library.ts";

const PhotoParameters = Type.Object({ photoId: Type.String() });

const Writing = Type.Object(idempotencyKeyHeader);

/** `/v1/trash/…`: what a person does not want to wait thirty days for. */
export const trashRoutes: FastifyPluginAsyncTypebox<{ readonly library: PhotoLibrary }> = async (
  server,
  { library },
) => {
  server.delete(
    "/v1/trash/:photoId",
    {
      schema: {
        operationId: "deletePhotoForGood",
        summary: "Delete a photo that is in the trash for good, without waiting thirty days",
        description:
          "It is gone from every list at once and cannot be brought back. Its bytes, and the edge's copies of them, " +
          "are deleted within minutes; then the room is free.",
        tags: ["photos"],
        params: PhotoParameters,
        headers: Writing,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const key = request.headers["idempotency-key"] ?? randomUUID();
      await library.deleteForGood(request.identity.userId, request.params.photoId, key);
      return await reply.code(204).send(null);
    },
  );
};
