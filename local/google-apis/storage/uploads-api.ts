import type { IncomingMessage, ServerResponse } from "node:http";
import type { Access } from "./access.ts";
import type { ObjectBucket } from "./object-bucket.ts";
import { sendJson } from "./object-reply.ts";
import { checkPreconditions, readPreconditions } from "./preconditions.ts";
import { parseMultipart, parseResource, type RequestBody } from "./request-body.ts";
import { parseContentRange, ResumableSession } from "./resumable-session.ts";
import { invalid, StorageError } from "./storage-error.ts";
import { checkObjectName, toResource, type StoredObject } from "./stored-object.ts";

export interface UploadRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly body: RequestBody;
  readonly origin: string;
  readonly now: Date;
}

/** `/upload/storage/v1/b/{bucket}/o`: simple, multipart and resumable uploads. */
export class UploadsApi {
  readonly #sessions = new Map<string, ResumableSession>();
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  /** The session that an address names; its id is a credential of its own. */
  session(url: URL): ResumableSession | undefined {
    const id = url.searchParams.get("upload_id");
    return id === null ? undefined : this.#sessions.get(id);
  }

  /** @throws StorageError */
  handle(upload: UploadRequest, bucket: ObjectBucket): void {
    if (upload.url.searchParams.has("upload_id")) {
      this.#continue(upload);
      return;
    }
    const { request, url, body, now } = upload;
    if (request.method !== "POST")
      throw new StorageError(405, "methodNotAllowed", "MethodNotAllowed", "POST only.");
    const isResumable = url.searchParams.get("uploadType") === "resumable";
    if (!body.isWhole && !isResumable) return;
    const resource = this.#resourceOf(upload);
    const { name, media } = resource;
    checkObjectName(name);
    this.#access.check(request, url, bucket.name, permissionsToWrite(bucket, name), now);
    if (isResumable) this.#start(upload, bucket, name, resource.fields);
    else
      this.#reply(upload, bucket.insert(name, media, resource.fields, readPreconditions(url.searchParams)));
  }

  #resourceOf({ request, url, body }: UploadRequest): {
    readonly name: string;
    readonly fields: Record<string, unknown>;
    readonly media: Buffer;
  } {
    const kind = url.searchParams.get("uploadType");
    const contentType = request.headers["content-type"] ?? "";
    const named = url.searchParams.get("name");
    if (kind === "media")
      return { name: named ?? "", fields: contentType === "" ? {} : { contentType }, media: body.bytes };
    if (kind !== "multipart" && kind !== "resumable")
      throw invalid(`Expected media, multipart or resumable for uploadType but received '${kind ?? ""}'.`);
    const parts = kind === "multipart" ? parseMultipart(body.bytes, contentType) : undefined;
    const fields = parts?.resource ?? parseResource(body.bytes);
    const mediaType = parts?.mediaType ?? request.headers["x-upload-content-type"];
    if (fields["contentType"] === undefined && typeof mediaType === "string")
      fields["contentType"] = mediaType;
    const inResource = fields["name"];
    return {
      name: named ?? (typeof inResource === "string" ? inResource : ""),
      fields,
      media: parts?.media ?? Buffer.alloc(0),
    };
  }

  #start(
    { request, response, url, origin, now }: UploadRequest,
    bucket: ObjectBucket,
    name: string,
    resource: Record<string, unknown>,
  ): void {
    const declared = request.headers["x-upload-content-length"];
    if (typeof declared === "string" && !/^\d+$/.test(declared))
      throw invalid(`Expected a number of bytes for X-Upload-Content-Length but received '${declared}'.`);
    const preconditions = readPreconditions(url.searchParams);
    checkPreconditions(preconditions, bucket.find(name), "write");
    const session = new ResumableSession({
      bucket,
      name,
      resource,
      preconditions,
      totalBytes: typeof declared === "string" ? Number(declared) : undefined,
      origin: request.headers.origin,
      startedAt: now,
    });
    this.#sessions.set(session.id, session);
    const location = new URL(`/upload/storage/v1/b/${bucket.name}/o`, origin);
    location.searchParams.set("uploadType", "resumable");
    location.searchParams.set("name", name);
    location.searchParams.set("upload_id", session.id);
    response.writeHead(200, {
      location: location.href,
      "x-guploader-uploadid": session.id,
      "content-length": 0,
    });
    response.end();
  }

  #continue(upload: UploadRequest): void {
    const { request, response, url, body, now } = upload;
    const session = this.session(url);
    if (session === undefined)
      throw new StorageError(404, "notFound", "NoSuchUpload", "No such upload session.");
    session.checkUsable(now);
    if (request.method === "DELETE") {
      session.cancel();
      response.writeHead(499, { "content-length": 0 }).end();
      return;
    }
    if (request.method !== "PUT")
      throw new StorageError(405, "methodNotAllowed", "MethodNotAllowed", "PUT or DELETE.");
    const object = takeBytes(session, request.headers["content-range"], body);
    if (object !== undefined) {
      this.#reply(upload, object);
      return;
    }
    response.writeHead(308, "Resume Incomplete", {
      "content-length": 0,
      "x-guploader-uploadid": session.id,
      ...(session.keptBytes > 0 && { range: `bytes=0-${session.keptBytes - 1}` }),
    });
    response.end();
  }

  #reply({ response, origin }: UploadRequest, object: StoredObject): void {
    sendJson(response, 200, toResource(object, origin), { etag: String(object.generation) });
  }
}

function takeBytes(
  session: ResumableSession,
  header: string | undefined,
  body: RequestBody,
): StoredObject | undefined {
  if (header === undefined) {
    if (body.isWhole) return session.appendWhole(body.bytes);
    session.append(
      { kind: "chunk", first: 0, last: body.bytes.length - 1, total: undefined },
      body.bytes,
      false,
    );
    return undefined;
  }
  const range = parseContentRange(header);
  if (range.kind === "status") {
    session.checkTotal(range.total);
    return session.object;
  }
  const announced = range.last - range.first + 1;
  if (body.isWhole && body.bytes.length !== announced)
    throw invalid(`Content-Range announces ${announced} bytes, the body has ${body.bytes.length}.`);
  return session.append(range, body.bytes, body.isWhole);
}

/** Replacing an object takes the permission to delete it. */
export function permissionsToWrite(
  bucket: ObjectBucket,
  name: string,
): readonly ("storage.objects.create" | "storage.objects.delete")[] {
  return bucket.find(name) === undefined
    ? ["storage.objects.create"]
    : ["storage.objects.create", "storage.objects.delete"];
}
