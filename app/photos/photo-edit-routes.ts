import { randomUUID } from "node:crypto";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import { idempotencyKeyHeader } from "../http/idempotency-key.ts";
import { photoTextLimits } from "../catalog/photo.ts";
import { RequestRefusedError } from "../http/request-refusal.ts";
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

const Editing = Type.Object({
  "if-match": Type.Optional(
    Type.String({
      pattern: '^(\\*|"[0-9]{1,15}")$',
      description:
        "The version that the edit was made on, quoted, as the `ETag` of the photo has it; `*` for whatever it is. " +
        "Without it the answer is 428; 412 where the photo is another version by now.",
    }),
  ),
  ...idempotencyKeyHeader,
});

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
      const condition = headers["if-match"];
      if (condition === undefined) {
        throw new RequestRefusedError(
          "precondition-required",
          'An edit must say what it was made on: send the photo\'s version in If-Match, such as If-Match: "3".',
        );
      }
      const photo = await library.edit(identity.userId, params.photoId, body, {
        idempotencyKey: headers["idempotency-key"] ?? randomUUID(),
        ...(condition !== "*" && { expectedVersion: Number(condition.slice(1, -1)) }),
      });
      void reply.header("etag", entityTag(photo));
      return toPhotoReply(photo);
    },
  );
};

/** What `If-Match` compares. */
export function entityTag({ version }: { readonly version: number }): string {
  return `"${version}"`;
}
