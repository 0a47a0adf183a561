import { createHash } from "node:crypto";
import { isObject, objectAt, shown, textAt } from "../google-apis/engine/json.ts";
import { makeLargePicture } from "./picture.ts";
import { thumbnail } from "./persons-path.ts";
import { expectStatus, readJson } from "./reply-check.ts";
import { person, type Stage } from "./stage.ts";
import type { Reply, Visitor } from "./visitor.ts";

/** The smallest part that the store takes, but for the last one. */
const partBytes = 256 * 1024;

/** Where the app says that an upload goes on. */
interface Session {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
}

function sessionIn(reply: Reply): Session {
  const said = readJson(reply);
  const headers = Object.entries(objectAt(said, "headers")).map(([name, value]) => [name, shown(value)]);
  return { address: textAt(said, "address"), headers: Object.fromEntries(headers) };
}

function sendPart(
  visitor: Visitor,
  { address, headers }: Session,
  bytes: Buffer,
  first: number,
  end: number,
) {
  return visitor.ask("PUT", address, {
    body: bytes.subarray(first, end),
    headers: { ...headers, "content-range": `bytes ${first}-${end - 1}/${bytes.length}` },
  });
}

/** A file in parts, straight to the store: broken off, asked how far it came, taken up again, and made a photo. */
export async function walkResumedUpload(stage: Stage): Promise<string> {
  const visitor = stage.visitor();
  await visitor.signIn(person);
  const bytes = await makeLargePicture();
  const wanted = {
    filename: "in-parts.jpg",
    size_bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    content_type: "image/jpeg",
  };
  const opened = await visitor.ask("POST", "/v1/uploads", {
    body: Buffer.from(JSON.stringify(wanted)),
    headers: { "content-type": "application/json" },
  });
  expectStatus(stage, "opening an upload", opened, 201);
  const id = textAt(readJson(opened), "id");
  const session = sessionIn(opened);
  const { host } = new URL(session.address);
  if (host !== "storage.googleapis.com")
    throw new Error(`the parts go to ${host}, not straight to the store`);
  expectStatus(stage, "sending the first part", await sendPart(visitor, session, bytes, 0, partBytes), 308);

  const asked = await visitor.ask("GET", `/v1/uploads/${id}`);
  expectStatus(stage, "asking how far the upload came", asked, 200);
  const said = readJson(asked);
  const offset = isObject(said) ? said["offset"] : undefined;
  if (offset !== partBytes) throw new Error(`of ${partBytes} bytes that were sent, ${shown(offset)} arrived`);
  const last = await sendPart(visitor, session, bytes, partBytes, bytes.length);
  expectStatus(stage, "sending the rest", last, 200);
  const completed = await visitor.ask("POST", `/v1/uploads/${id}/complete`);
  expectStatus(stage, "completing the upload", completed, 201);
  const photoId = textAt(readJson(completed), "id");
  expectStatus(stage, "the thumbnail of what came in parts", await thumbnail(visitor, photoId), 200);
  return `${bytes.length} bytes to ${host}: broken off after ${partBytes}, taken up again, a photo`;
}
