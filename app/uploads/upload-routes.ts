import { randomUUID } from "../late-crypto.ts";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Readable } from "node:stream";
import * as Type from "typebox";
import { goneAway } from "../http/gone-away.ts";
import { idempotencyKeyHeader } from "../http/idempotency-key.ts";
import { mapOf } from "../map-schema.ts";
import { photoTextLimits } from "../catalog/photo.ts";
import type { Upload } from "../catalog/upload.ts";
import { RequestRefusedError } from "../http/request-refusal.ts";
import type { AddPhotoDependencies } from "../photos/add-photo.ts";
import { readFileName } from "../photos/file-name.ts";
import { PhotoSchema, toPhotoReply } from "../photos/photo-reply.ts";
import type { Chunk, DiskUploadSessions } from "./disk-upload-sessions.ts";
import { chunkBytes } from "./upload-sessions.ts";
import type { SessionAddress } from "./upload-sessions.ts";
import { cancelUpload, completeUpload, findUpload, openUpload } from "./uploads.ts";
import type { UploadsDependencies } from "./uploads.ts";
import { nullableText } from "../http/nullable-text.ts";

export interface UploadRoutesOptions extends Omit<
  UploadsDependencies,
  keyof Pick<AddPhotoDependencies, "reportLeftover">
> {
  /** Where the sessions are the app's own: their bytes arrive here. */
  readonly disk: DiskUploadSessions | undefined;
  /** Where they are not: scheme and host of the store, which the page must be allowed to send to. */
  readonly uploadOrigin?: string;
}

const sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
const UploadParameters = Type.Object({ uploadId: Type.String() });
const Key = Type.Object(idempotencyKeyHeader);

const NewUploadBody = Type.Object(
  {
    filename: Type.String({ maxLength: 1000 }),
    size_bytes: Type.Integer({ minimum: 1 }),
    sha256,
    content_type: Type.Optional(Type.String({ maxLength: 100, pattern: "^[\\x21-\\x7e]+$" })),
    title: Type.Optional(Type.String({ maxLength: photoTextLimits.title })),
    private: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

const UploadSchema = Type.Object(
  {
    id: nullableText,
    state: Type.String({ description: "open, or completed" }),
    offset: Type.Unsafe<number | null>({
      type: ["integer", "null"],
      description: "Bytes that have arrived; null: nothing is left, begin again.",
    }),
    size_bytes: Type.Integer(),
    expires_date: nullableText,
    address: Type.Unsafe<string | null>({
      type: ["string", "null"],
      description:
        "Send chunks here by PUT with content-range. Whoever has it may send: keep it to yourself.",
    }),
    headers: mapOf(Type.String(), { description: "To be sent with each chunk." }),
    chunk_bytes: Type.Integer(),
    photo_id: nullableText,
    in_trash: Type.Unsafe<boolean | null>({
      type: ["boolean", "null"],
      description:
        "Answering to content that is here already: whether that photo is in the trash. Else null.",
    }),
  },
  { title: "Upload" },
);

function schema(operationId: string, summary: string) {
  return { operationId, summary, tags: ["uploads"] };
}

/** `/v1/uploads…`: files of up to 200 MiB, in parts that can be resumed. */
export const uploadRoutes: FastifyPluginAsyncTypebox<UploadRoutesOptions> = async (server, options) => {
  const { catalog, disk } = options;
  const dependencies: UploadsDependencies = {
    ...options,
    reportLeftover: (error, objectName) =>
      server.log.warn({ err: error, objectName }, "object left behind by a refused upload"),
  };

  server.post(
    "/v1/uploads/check",
    {
      schema: {
        ...schema("checkUploads", "Which of these contents are here already"),
        body: Type.Object({ sha256: Type.Array(sha256, { maxItems: 200 }) }),
        response: {
          200: Type.Object({
            found: Type.Array(
              Type.Object({ sha256: Type.String(), photo_id: Type.String(), in_trash: Type.Boolean() }),
            ),
          }),
        },
      },
    },
    async ({ identity, body }) => {
      const found = [];
      for (const sum of new Set(body.sha256)) {
        const photo = await catalog.photoOfContent(identity.userId, sum);
        if (photo !== undefined)
          found.push({ sha256: sum, photo_id: photo.id, in_trash: photo.deletedAt !== null });
      }
      return { found };
    },
  );

  server.post(
    "/v1/uploads",
    {
      config: { countedAs: "uploads" },
      schema: {
        ...schema(
          "openUpload",
          "Reserve room for a file and begin to send it; what is here already is answered so",
        ),
        headers: Key,
        body: NewUploadBody,
        response: { 200: UploadSchema, 201: UploadSchema },
      },
    },
    async ({ identity, body, headers }, reply) => {
      const wanted = {
        filename: readFileName(body.filename),
        // As earlier releases hashed it: the same key is given again while one takes over from the other.
        title: body.title?.trim() || null,
        private: body.private ?? null,
        contentType: body.content_type ?? "application/octet-stream",
        sizeBytes: body.size_bytes,
        sha256: body.sha256,
      };
      const key = headers["idempotency-key"] ?? randomUUID();
      const opened = await openUpload(dependencies, identity.userId, wanted, key);
      if (opened.kind === "photo") {
        return reply.code(200).send({
          ...nothingToSend,
          size_bytes: body.size_bytes,
          offset: body.size_bytes,
          photo_id: opened.photo.id,
          in_trash: opened.photo.deletedAt !== null,
        });
      }
      return reply.code(201).send(describe(opened.upload, opened.offset, opened.session));
    },
  );

  server.get(
    "/v1/uploads/:uploadId",
    {
      schema: {
        ...schema("getUpload", "How much of an upload has arrived"),
        params: UploadParameters,
        response: { 200: UploadSchema },
      },
    },
    async ({ identity, params }) => {
      const { upload, offset } = await findUpload(dependencies, identity.userId, params.uploadId);
      return describe(upload, offset);
    },
  );

  server.post(
    "/v1/uploads/:uploadId/complete",
    {
      schema: {
        ...schema(
          "completeUpload",
          "Make an upload whose bytes have all arrived a photo; again gives the same answer",
        ),
        params: UploadParameters,
        response: { 200: PhotoSchema, 201: PhotoSchema, 202: PhotoSchema },
      },
    },
    async ({ identity, params }, reply) => {
      const signal = goneAway(reply);
      const { photo, isNew } = await completeUpload(dependencies, identity.userId, params.uploadId, signal);
      const status = photo.state === "processing" ? 202 : isNew ? 201 : 200;
      return reply.code(status).header("location", `/v1/photos/${photo.id}`).send(toPhotoReply(photo));
    },
  );

  server.delete(
    "/v1/uploads/:uploadId",
    {
      schema: {
        ...schema("cancelUpload", "Give an upload up and free its room"),
        params: UploadParameters,
        response: { 204: Type.Null({ description: "It is given up." }) },
      },
    },
    async ({ identity, params }, reply) => {
      const upload = await catalog.upload(identity.userId, params.uploadId);
      if (upload?.state === "open") await cancelUpload(dependencies, identity.userId, params.uploadId);
      return reply.code(204).send(null);
    },
  );

  if (disk === undefined) return;
  server.addContentTypeParser("application/octet-stream", (_request, payload, done) => done(null, payload));
  server.put(
    "/v1/uploads/:uploadId/content",
    {
      config: { countedAs: "bytes" },
      schema: {
        // Its address is part of the session's, which clients take as it is.
        hide: true,
        params: UploadParameters,
      },
    },
    async ({ identity, params, headers, body }, reply) => {
      const upload = await catalog.upload(identity.userId, params.uploadId);
      const chunk = readContentRange(headers["content-range"]);
      if (upload?.state !== "open") return reply.code(410).send();
      if (chunk === undefined || chunk.sizeBytes !== upload.sizeBytes || !(body instanceof Readable)) {
        throw new RequestRefusedError(
          "request-invalid",
          "The chunk needs 'content-range: bytes FIRST-LAST/SIZE' and bytes.",
        );
      }
      const arrived = await disk.append({ userId: identity.userId, uploadId: upload.id }, chunk, body);
      if (arrived === upload.sizeBytes) return reply.code(200).send();
      if (arrived > 0) void reply.header("range", `bytes=0-${arrived - 1}`);
      return reply.code(308).send();
    },
  );
};

const nothingToSend = {
  id: null,
  state: "completed",
  expires_date: null,
  address: null,
  headers: {},
  chunk_bytes: chunkBytes,
};

function describe(upload: Upload, offset: number | undefined, session?: SessionAddress) {
  return {
    id: upload.id,
    state: upload.state,
    offset: offset ?? null,
    size_bytes: upload.sizeBytes,
    expires_date: upload.expiresDate,
    address: session?.address ?? null,
    headers: { ...session?.headers },
    chunk_bytes: chunkBytes,
    photo_id: upload.photoId,
    in_trash: null,
  };
}

function readContentRange(header: string | undefined): Chunk | undefined {
  const match = /^bytes (\d{1,12})-(\d{1,12})\/(\d{1,12})$/.exec(header ?? "");
  if (match === null) return undefined;
  const [first = 0, last = 0, sizeBytes = 0] = match.slice(1).map(Number);
  return first <= last && last < sizeBytes ? { first, last, sizeBytes } : undefined;
}
