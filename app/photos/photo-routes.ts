import { randomUUID } from "../late-crypto.ts";
import multipart from "@fastify/multipart";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import fastifyPlugin from "fastify-plugin";
import * as Type from "typebox";
import { goneAway } from "../http/gone-away.ts";
import { idempotencyKeyHeader } from "../http/idempotency-key.ts";
import { type Photo, photoTextLimits } from "../catalog/photo.ts";
import type { MediaAccess } from "../media/media-access.ts";
import { addPhoto } from "./add-photo.ts";
import type { AddPhotoDependencies, AddedPhoto } from "./add-photo.ts";
import { facetRoutes } from "./facet-routes.ts";
import type { Inbox } from "./inbox.ts";
import { mediaPathRoutes } from "./media-path-routes.ts";
import { readPhotoForm } from "./photo-form.ts";
import type { PhotoLibrary } from "./photo-library.ts";
import { entityTag } from "../http/edit-condition.ts";
import { photoEditRoutes } from "./photo-edit-routes.ts";
import { photoListRoutes } from "./photo-list-routes.ts";
import type { PhotoMediaLibrary } from "./photo-media.ts";
import { photoMediaRoutes } from "./photo-media-routes.ts";
import { PhotoSchema, toPhotoReply } from "./photo-reply.ts";
import { timelineRoutes } from "./timeline-routes.ts";
import { trashRoutes } from "./trash-routes.ts";

export interface PhotoRoutesOptions {
  readonly library: PhotoLibrary;
  readonly media: PhotoMediaLibrary;
  /** Undefined where no edge verifies signatures: this service answers for photos itself. */
  readonly access: MediaAccess | undefined;
  readonly adding: Omit<AddPhotoDependencies, "reportLeftover">;
  readonly inbox: Inbox;
}

const PhotoParameters = Type.Object({ photoId: Type.String() });

const Writing = Type.Object(idempotencyKeyHeader);

/** As readPhotoForm reads it. */
const PhotoForm = Type.Object(
  {
    file: Type.Unsafe<Uint8Array>({ type: "string", format: "binary" }),
    title: Type.Optional(Type.String({ maxLength: photoTextLimits.title })),
    private: Type.Optional(Type.Boolean({ description: "Default: the person's own setting." })),
  },
  { additionalProperties: false },
);

/** The lockfile decides that they fit: to compare version numbers takes 3 ms of an instance's start. */
const forms = fastifyPlugin(multipart, { name: "@fastify/multipart" });

/** `/v1/photos…`: the person's own photos. */
export const photoRoutes: FastifyPluginAsyncTypebox<PhotoRoutesOptions> = async (server, options) => {
  const { library, media, access, inbox } = options;
  const adding = {
    ...options.adding,
    reportLeftover: (error: unknown, objectName: string) =>
      server.log.warn({ err: error, objectName }, "object left behind by a refused upload"),
  };
  await server.register(forms);
  await server.register(photoMediaRoutes, { library: media, access });
  if (access === undefined) await server.register(mediaPathRoutes, { library: media });
  await server.register(photoListRoutes, { library });
  await server.register(facetRoutes, options.adding);
  await server.register(timelineRoutes, options.adding);
  await server.register(photoEditRoutes, { library });
  await server.register(trashRoutes, { library });

  server.post(
    "/v1/photos",
    {
      config: { countedAs: "uploads" },
      schema: {
        operationId: "addPhoto",
        summary: "Upload a photo of up to 30 MiB; content that is here already gives the photo that it is",
        description:
          "One file in multipart/form-data, of any field name; 'title' and 'private' may stand beside it. " +
          "Once this is answered the photo is safe: sha256, crc32c and generation are its receipt.",
        tags: ["photos"],
        consumes: ["multipart/form-data"],
        form: PhotoForm,
        headers: Writing,
        response: { 200: PhotoSchema, 201: PhotoSchema, 202: PhotoSchema },
      },
    },
    async (request, reply) => {
      const signal = goneAway(reply);
      const form = await readPhotoForm(request, inbox, signal);
      let added: AddedPhoto;
      try {
        added = await addPhoto(adding, {
          userId: request.identity.userId,
          file: form.file,
          filename: form.filename,
          title: form.title,
          idempotencyKey: request.headers["idempotency-key"] ?? randomUUID(),
          private: form.private,
          signal,
        });
      } finally {
        // Before the answer: who reads that slowly would hold room that others wait for.
        await form.file.discard();
      }
      const { photo, isNew } = added;
      void reply.header("location", `/v1/photos/${photo.id}`);
      return await reply.code(statusOf(photo, isNew)).send(toPhotoReply(photo));
    },
  );

  server.get(
    "/v1/photos/:photoId",
    {
      schema: {
        operationId: "getPhoto",
        summary: "One photo, in the trash or not",
        tags: ["photos"],
        params: PhotoParameters,
        response: { 200: PhotoSchema },
      },
    },
    async (request, reply) => {
      const photo = await library.get(request.identity.userId, request.params.photoId);
      void reply.header("etag", entityTag(photo));
      return toPhotoReply(photo);
    },
  );

  server.delete(
    "/v1/photos/:photoId",
    {
      schema: {
        operationId: "trashPhoto",
        summary: "Move a photo to the trash",
        tags: ["photos"],
        params: PhotoParameters,
        headers: Writing,
        response: { 200: PhotoSchema },
      },
    },
    async (request) => {
      const key = request.headers["idempotency-key"] ?? randomUUID();
      return toPhotoReply(await library.trash(request.identity.userId, request.params.photoId, key));
    },
  );

  server.post(
    "/v1/photos/:photoId/restore",
    {
      schema: {
        operationId: "restorePhoto",
        summary: "Take a photo out of the trash",
        tags: ["photos"],
        params: PhotoParameters,
        headers: Writing,
        response: { 200: PhotoSchema },
      },
    },
    async (request) => {
      const key = request.headers["idempotency-key"] ?? randomUUID();
      return toPhotoReply(await library.restore(request.identity.userId, request.params.photoId, key));
    },
  );
};

/** 200: it was here. 201: it is here. 202: it is safe, and its pictures follow. */
function statusOf({ state }: Photo, isNew: boolean): 200 | 201 | 202 {
  if (!isNew) return 200;
  return state === "processing" ? 202 : 201;
}
