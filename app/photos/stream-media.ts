import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import * as Type from "typebox";
import type { Static } from "typebox";
import { RequestRefusedError } from "../http/request-refusal.ts";
import { readRange } from "./byte-range.ts";
import { attachment } from "./file-name.ts";
import type { LocatedMedia, PhotoMedia, PhotoMediaLibrary } from "./photo-media.ts";

/** What a request for a part, or for what may be known already, says. */
export const MediaHeaders = Type.Object({
  range: Type.Optional(Type.String()),
  "if-range": Type.Optional(Type.String()),
  "if-none-match": Type.Optional(Type.String()),
});

export interface Streaming {
  readonly library: PhotoMediaLibrary;
  readonly request: FastifyRequest;
  readonly headers: Static<typeof MediaHeaders>;
  readonly reply: FastifyReply;
  /** The address never changes its content: browsers may keep it. */
  readonly isForEver: boolean;
}

/**
 * Sends a rendition from the store, whole or in part (RFC 9110). Originals are always downloads: whatever is hidden
 * in one is never shown as a page of ours.
 */
export async function streamMedia(
  located: LocatedMedia,
  { library, request, headers, reply, isForEver }: Streaming,
): Promise<FastifyReply> {
  const media = await library.describe(located);
  const { object } = media;
  const entityTag = `"${object.generation}"`;
  void reply.headers({ ...headersOf(media, isForEver), etag: entityTag });
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
    void reply.code(206).header("content-range", `bytes ${range.first}-${range.last}/${object.sizeBytes}`);
  }
  const length = range === undefined ? object.sizeBytes : range.last - range.first + 1;
  void reply.type(object.contentType).header("content-length", length);
  // The framework would read the whole stream only to throw it away.
  if (request.method === "HEAD") return reply.send(Readable.from([]));
  return reply.send(await library.open(media, range));
}

function headersOf({ photo, rendition }: PhotoMedia, isForEver: boolean): Record<string, string> {
  return {
    "accept-ranges": "bytes",
    "cache-control": isForEver ? "private, max-age=31536000, immutable" : "private, no-cache",
    ...(rendition === "original" && { "content-disposition": attachment(photo.filename) }),
  };
}

/** `If-None-Match`: a list of tags, weak ones included, or `*`. */
function matches(header: string | undefined, entityTag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((tag) => ["*", entityTag, `W/${entityTag}`].includes(tag.trim()));
}
