import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import { PhotoNotFoundError } from "../catalog/person/errors.ts";
import { objectPrefixes } from "../runtime-contract.ts";
import type { PhotoMediaLibrary, Rendition } from "./photo-media.ts";
import { MediaHeaders, streamMedia } from "./stream-media.ts";

const prefixes: Readonly<Record<Rendition, string>> = {
  original: objectPrefixes.originals,
  preview: objectPrefixes.previews,
  thumbnail: objectPrefixes.thumbnails,
};

const ObjectParameters = Type.Object({
  userId: Type.String({ pattern: "^[\\w-]{1,100}$" }),
  file: Type.String({ maxLength: 100 }),
});

/**
 * The addresses that the page uses, `/photos|previews|thumbnails/{user}/{file}`, where no edge answers them: from
 * the store, for who may see the photo.
 */
export const mediaPathRoutes: FastifyPluginAsyncTypebox<{ readonly library: PhotoMediaLibrary }> = async (
  server,
  { library },
) => {
  for (const rendition of ["original", "preview", "thumbnail"] as const) {
    const schema = { hide: true, params: ObjectParameters, headers: MediaHeaders };
    const config = { countedAs: "bytes" } as const;
    server.get(`/${prefixes[rendition]}:userId/:file`, { schema, config }, async (request, reply) => {
      const { identity, params, headers } = request;
      const photoId = /^[0-9a-f-]{36}/.exec(params.file)?.[0] ?? "";
      const located = await library.locate(identity, params.userId, photoId, rendition);
      // Of another derivation than the recorded one.
      if (located.objectName !== `${prefixes[rendition]}${params.userId}/${params.file}`) {
        throw new PhotoNotFoundError(photoId);
      }
      return await streamMedia(located, { library, request, headers, reply, isForEver: true });
    });
  }
};
