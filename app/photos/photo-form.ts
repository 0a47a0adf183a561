import type { FastifyRequest } from "fastify";
import { photoTextLimits } from "../catalog/photo.ts";
import { RequestRefusedError } from "../http/request-refusal.ts";
import { FileMissingError, FileTooLargeError } from "./errors.ts";
import { readFileName } from "./file-name.ts";
import type { Inbox, ReceivedFile } from "./inbox.ts";

/** The simple way ends here: Cloud Run takes at most 32 MiB in one request. */
export const simpleUploadBytes = 30 * 1024 * 1024;

/** Boundaries, part headers and the other fields beside the file. */
const formOverheadBytes = 64 * 1024;

export interface PhotoForm {
  readonly file: ReceivedFile;
  readonly filename: string;
  readonly title: string | null;
  readonly private: boolean | undefined;
}

/**
 * Reads `multipart/form-data` with one file and, before or after it, `title` (up to 200 characters) and `private`
 * (`true` or `false`). Nothing stays in the inbox when this rejects.
 *
 * @param signal gives up waiting for room when aborted
 * @throws FileTooLargeError, FileMissingError, InboxFullError
 * @throws RequestRefusedError `request-invalid` for other fields and values
 */
export async function readPhotoForm(
  request: FastifyRequest,
  inbox: Inbox,
  signal?: AbortSignal,
): Promise<PhotoForm> {
  const declared = Number(request.headers["content-length"]);
  if (declared > simpleUploadBytes + formOverheadBytes) throw new FileTooLargeError(simpleUploadBytes);
  const mostBytes = Number.isFinite(declared) ? Math.min(declared, simpleUploadBytes) : simpleUploadBytes;
  // One byte more than is allowed, so that what is too large is refused by the inbox, in its words.
  const limits = { files: 1, fields: 2, parts: 3, fileSize: simpleUploadBytes + 1, fieldSize: 1000 };
  const form: { file?: ReceivedFile; filename?: string; title?: string | null; private?: boolean } = {};
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type === "file") {
        form.filename = readFileName(part.filename);
        form.file = await inbox.receive(part.file, mostBytes, signal);
      } else if (part.fieldname === "title") {
        form.title = readTitle(part.value);
      } else if (part.fieldname === "private") {
        form.private = readBoolean(part.value);
      } else {
        throw fault(part.fieldname, "is not known here");
      }
    }
    const { file, filename } = form;
    if (file === undefined || filename === undefined) throw new FileMissingError();
    return { file, filename, title: form.title ?? null, private: form.private };
  } catch (error) {
    await form.file?.discard();
    throw error;
  }
}

function readTitle(value: unknown): string | null {
  const most = photoTextLimits.title;
  const title = typeof value === "string" ? value.replaceAll(/\p{Cc}+/gu, " ").trim() : undefined;
  // Counted as it is recorded: what is refused there is refused after the file has come. Passed on as it came, since
  // earlier releases hashed it so.
  const isHeld = title?.isWellFormed() === true && Array.from(title.normalize("NFC")).length <= most;
  if (!isHeld) throw fault("title", `must be text of at most ${most} characters`);
  return title === "" ? null : title;
}

function readBoolean(value: unknown): boolean {
  if (value === "true" || value === "false") return value === "true";
  throw fault("private", "must be 'true' or 'false'");
}

function fault(field: string | undefined, detail: string): RequestRefusedError {
  if (field === undefined)
    return new RequestRefusedError("request-invalid", "Every part of the form needs a name.");
  const pointer = `/${field.slice(0, 100).replaceAll("~", "~0").replaceAll("/", "~1")}`;
  return new RequestRefusedError("request-invalid", `'${pointer.slice(1)}' (body) ${detail}.`, {
    faults: [{ in: "body", pointer, detail }],
  });
}
