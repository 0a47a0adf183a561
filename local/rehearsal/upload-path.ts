import { isObject, shown, textAt } from "../google-apis/engine/json.ts";
import { makeLargePicture } from "./picture.ts";
import { thumbnail } from "./persons-path.ts";
import { expectStatus, readJson } from "./reply-check.ts";
import { person, type Stage } from "./stage.ts";
import { askForUpload, partBytes, sendPart, sessionIn } from "./upload-session.ts";

/** A file in parts, straight to the store: broken off, asked how far it came, taken up again, and made a photo. */
export async function walkResumedUpload(stage: Stage): Promise<string> {
  const visitor = stage.visitor();
  await visitor.signIn(person);
  const bytes = await makeLargePicture();
  const opened = await askForUpload(visitor, "in-parts.jpg", bytes);
  expectStatus(stage, "opening an upload", opened, 201);
  const session = sessionIn(opened);
  const { id } = session;
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
