import type { IncomingMessage } from "node:http";
import { invalid, StorageError } from "./storage-error.ts";

export interface RequestBody {
  readonly bytes: Buffer;
  /** False when the connection was cut before everything announced had come. */
  readonly isWhole: boolean;
}

export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const finish = (isWhole: boolean) => resolve({ bytes: Buffer.concat(chunks), isWhole });
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => finish(request.complete));
    request.on("error", () => finish(false));
    request.on("close", () => finish(request.complete));
  });
}

/** @throws StorageError 400 */
export function parseResource(bytes: Buffer): Record<string, unknown> {
  if (bytes.length === 0) return {};
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below, like every other text that is not an object.
  }
  throw new StorageError(400, "parseError", "InvalidArgument", "Parse Error: expected a JSON object.");
}

/** The two parts of a `multipart/related` upload: the object's resource and its bytes. @throws StorageError 400 */
export function parseMultipart(
  bytes: Buffer,
  contentType: string,
): {
  readonly resource: Record<string, unknown>;
  readonly media: Buffer;
  readonly mediaType: string | undefined;
} {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined || !/^multipart\/related/i.test(contentType))
    throw invalid(`Expected multipart/related with a boundary but received '${contentType}'.`);
  const [resource, media, ...more] = splitParts(bytes, name);
  if (resource === undefined || media === undefined || more.length > 0)
    throw invalid("Expected two parts, the object's resource and its bytes.");
  return {
    resource: parseResource(resource.body),
    media: media.body,
    mediaType: /^content-type:\s*(.+?)\s*$/im.exec(media.headers)?.[1],
  };
}

function splitParts(bytes: Buffer, boundary: string): { headers: string; body: Buffer }[] {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const content = Buffer.concat([Buffer.from("\r\n"), bytes]);
  const parts: { headers: string; body: Buffer }[] = [];
  let start = content.indexOf(delimiter);
  while (start !== -1) {
    const from = start + delimiter.length;
    if (content.subarray(from, from + 2).toString() === "--") return parts;
    const end = content.indexOf(delimiter, from);
    const blank = content.indexOf("\r\n\r\n", from);
    if (end === -1 || blank === -1 || blank > end) break;
    parts.push({ headers: content.subarray(from, blank).toString(), body: content.subarray(blank + 4, end) });
    start = end;
  }
  throw invalid("The multipart body ends before its closing boundary.");
}
