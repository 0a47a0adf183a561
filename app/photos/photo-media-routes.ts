import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import type { MediaAccess } from "../media/media-access.ts";
import { previewContentType, thumbnailContentType } from "../pictures/derivation.ts";
import { pictureFormats } from "../pictures/picture-format.ts";
import type { PhotoMediaLibrary } from "./photo-media.ts";
import { MediaHeaders, streamMedia } from "./stream-media.ts";

export interface PhotoMediaRoutesOptions {
  readonly library: PhotoMediaLibrary;
  /** Undefined where no edge verifies signatures: photos are streamed from the store then. */
  readonly access: MediaAccess | undefined;
}

const OfOwner = Type.Object({ photoId: Type.String() });
const OfAnyone = Type.Object({ userId: Type.String({ pattern: "^[\\w-]{1,100}$" }), photoId: Type.String() });
const Version = Type.Object({
  v: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000, description: "The photo's `derivation`." }),
  ),
});

const contentTypes = {
  thumbnail: [thumbnailContentType],
  preview: [previewContentType],
  original: Object.values(pictureFormats).map(({ contentType }) => contentType),
} as const;

const summaries = {
  thumbnail: "WebP of at most 400 pixels a side",
  preview: "JPEG of at most 1600 pixels a side",
  original: "The file as it was uploaded, as a download",
} as const;

type Rendition = keyof typeof summaries;

function schemaOf(rendition: Rendition, operationId: string, more = "") {
  return {
    operationId,
    summary: `${summaries[rendition]}${more}`,
    tags: ["photos"],
    querystring: Version,
    headers: MediaHeaders,
    response: {
      200: bytesOf(contentTypes[rendition], "The whole file."),
      206: bytesOf(contentTypes[rendition], "The part that `Range` asked for."),
      303: {
        description: "At `Location` for half an hour at least; whoever has that address may read it.",
        type: "null",
      },
      304: { description: "As `If-None-Match` says that it is known.", type: "null" },
    },
  };
}

function bytesOf(types: readonly string[], description: string) {
  const schema = { type: "string", format: "binary" };
  return { description, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

/**
 * `/v1/photos/{id}/thumbnail|preview|original` and `/v1/users/{id}/photos/{id}/thumbnail|preview`, for programs and
 * colleagues: 303 to a signed address of the edge, which is judged anew each time; else the bytes themselves.
 */
export const photoMediaRoutes: FastifyPluginAsyncTypebox<PhotoMediaRoutesOptions> = async (
  server,
  { library, access },
) => {
  const config = { countedAs: "bytes" } as const;
  for (const rendition of ["thumbnail", "preview", "original"] as const) {
    const name = `${rendition[0]?.toUpperCase()}${rendition.slice(1)}`;
    const schema = { ...schemaOf(rendition, `get${name}`), params: OfOwner };
    server.get(`/v1/photos/:photoId/${rendition}`, { schema, config }, async (request, reply) => {
      const { identity, params, headers, query } = request;
      const located = await library.locate(identity, identity.userId, params.photoId, rendition);
      if (access !== undefined) return reply.redirect(access.addressOf(located.objectName), 303);
      const isForEver = rendition === "original" || query.v === located.photo.derivation;
      return await streamMedia(located, { library, request, headers, reply, isForEver });
    });
    if (rendition === "original") continue;

    const ofColleague = schemaOf(rendition, `getColleagues${name}`, ", of a photo that is not private");
    server.get(
      `/v1/users/:userId/photos/:photoId/${rendition}`,
      { schema: { ...ofColleague, params: OfAnyone }, config },
      async (request, reply) => {
        const { identity, params, headers } = request;
        const located = await library.locate(identity, params.userId, params.photoId, rendition);
        if (access !== undefined) return reply.redirect(access.addressOf(located.objectName), 303);
        return await streamMedia(located, { library, request, headers, reply, isForEver: false });
      },
    );
  }
};
