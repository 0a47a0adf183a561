import { createHash } from "node:crypto";
import { objectAt, shown, textAt } from "../google-apis/engine/json.ts";
import { readJson } from "./reply-check.ts";
import type { Reply, Visitor } from "./visitor.ts";

/** The smallest part that the store takes, but for the last one. */
export const partBytes = 256 * 1024;

/** Where the app says that an upload goes on. */
export interface UploadSession {
  readonly id: string;
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks the app for an upload of a JPEG in parts. */
export function askForUpload(visitor: Visitor, filename: string, bytes: Buffer): Promise<Reply> {
  const wanted = {
    filename,
    size_bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    content_type: "image/jpeg",
  };
  return visitor.ask("POST", "/v1/uploads", {
    body: Buffer.from(JSON.stringify(wanted)),
    headers: { "content-type": "application/json" },
  });
}

/** What the app answered to it. */
export function sessionIn(reply: Reply): UploadSession {
  const said = readJson(reply);
  const headers = Object.entries(objectAt(said, "headers")).map(([name, value]) => [name, shown(value)]);
  return { id: textAt(said, "id"), address: textAt(said, "address"), headers: Object.fromEntries(headers) };
}

/** Sends the bytes from `first` up to, and without, `end`. */
export function sendPart(
  visitor: Visitor,
  { address, headers }: UploadSession,
  bytes: Buffer,
  first: number,
  end: number,
): Promise<Reply> {
  return visitor.ask("PUT", address, {
    body: bytes.subarray(first, end),
    headers: { ...headers, "content-range": `bytes ${first}-${end - 1}/${bytes.length}` },
  });
}
