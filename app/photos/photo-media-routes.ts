import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply } from "fastify";
import { Type } from "typebox";
import { RequestRefusedError } from "../http/request-refusal.ts";
import { readRange } from "./byte-range.ts";
import { attachment } from "./file-name.ts";
import { previewContentType, thumbnailContentType } from "../pictures/derivation.ts";
import { pictureFormats } from "../pictures/picture-format.ts";
import type { PhotoLibrary, PhotoMedia, Rendition } from "./photo-library.ts";

export interface PhotoMediaRoutesOptions {
  readonly library: PhotoLibrary;
}

const MediaRequest = {
  params: Type.Object({ photoId: Type.String() }),
  querystring: Type.Object({
    v: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: "The photo's `derivation`." }),
    ),
  }),
  headers: Type.Object({
    range: Type.Optional(Type.String()),
    "if-range": Type.Optional(Type.String()),
    "if-none-match": Type.Optional(Type.String()),
  }),
};

const contentTypes = {
  thumbnail: [thumbnailContentType],
  preview: [previewContentType],
  original: Object.values(pictureFormats).map(({ contentType }) => contentType),
} as const;

function bytesOf(types: readonly string[], description: string) {
  const schema = { type: "string", format: "binary" };
  return { description, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

const summaries = {
  thumbnail: "WebP of at most 400 pixels a side",
  preview: "JPEG of at most 1600 pixels a side",
  original: "The file as it was uploaded, as a download",
} as const;

/**
 * `/v1/photos/{id}/thumbnail|preview|original`, streamed from the store. A browser keeps what can never change
 * (the original; a derivative whose version is named) and asks again for the rest. Originals are always
 * downloads: whatever is hidden in one is never shown as a page of ours.
 */
export const photoMediaRoutes: FastifyPluginAsyncTypebox<PhotoMediaRoutesOptions> = async (
  server,
  { library },
) => {
  for (const rendition of ["thumbnail", "preview", "original"] as const) {
    const schema = {
      operationId: `get${rendition[0]?.toUpperCase()}${rendition.slice(1)}`,
      summary: summaries[rendition],
      tags: ["photos"],
      ...MediaRequest,
      response: {
        200: bytesOf(contentTypes[rendition], "The whole file."),
        206: bytesOf(contentTypes[rendition], "The part that `Range` asked for."),
        304: { description: "As `If-None-Match` says that it is known.", type: "null" },
      },
    };
    server.get(`/v1/photos/:photoId/${rendition}`, { schema }, async (request, reply) => {
      const { headers } = request;
      const media = await library.describeMedia(request.identity.userId, request.params.photoId, rendition);
      const { object } = media;
      const entityTag = `"${object.generation}"`;
      describe(reply, media, rendition, request.query.v);
      void reply.header("etag", entityTag);
      if (matches(headers["if-none-match"], entityTag)) return reply.code(304).send();

      const isUnchanged = headers["if-range"] === undefined || headers["if-range"] === entityTag;
      const wanted = readRange(isUnchanged ? headers.range : undefined, object.sizeBytes);
      if (wanted.kind === "unsatisfiable") {
        void reply.header("content-range", `bytes */${object.sizeBytes}`);
        throw new RequestRefusedError(
          "range-not-satisfiable",
          `the file has ${object.sizeBytes} bytes and the range '${headers.range}' lies outside of them`,
        );
      }
      const range = wanted.kind === "part" ? wanted.range : undefined;
      if (range !== undefined) {
        void reply
          .code(206)
          .header("content-range", `bytes ${range.first}-${range.last}/${object.sizeBytes}`);
      }
      const length = range === undefined ? object.sizeBytes : range.last - range.first + 1;
      void reply.type(object.contentType).header("content-length", length);
      // The framework would read the whole stream only to throw it away.
      if (request.method === "HEAD") return reply.send(Readable.from([]));
      return reply.send(await library.openMedia(media, range));
    });
  }
};

function describe(reply: FastifyReply, { photo }: PhotoMedia, rendition: Rendition, version?: number): void {
  const isForever = rendition === "original" || version === photo.derivation;
  void reply.headers({
    "accept-ranges": "bytes",
    "cache-control": isForever ? "private, max-age=31536000, immutable" : "private, no-cache",
  });
  if (rendition === "original") void reply.header("content-disposition", attachment(photo.filename));
}

/** `If-None-Match`: a list of tags, weak ones included, or `*`. */
function matches(header: string | undefined, entityTag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((tag) => ["*", entityTag, `W/${entityTag}`].includes(tag.trim()));
}
