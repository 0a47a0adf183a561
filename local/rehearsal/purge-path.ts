import { textAt } from "../google-apis/engine/json.ts";
import { makePicture } from "./picture.ts";
import { expectStatus, readJson } from "./reply-check.ts";
import { walkSchedules } from "./schedule-path.ts";
import { person, type Stage } from "./stage.ts";
import type { Visitor } from "./visitor.ts";

/** The edge answers from its own copy: the second request is not the bucket's. */
async function expectCopy(stage: Stage, visitor: Visitor, path: string): Promise<void> {
  const reply = await visitor.ask("GET", path);
  expectStatus(stage, `${path} once more`, reply, 200);
  if (reply.headers.age === undefined)
    throw new Error(`${path} was read from the bucket again: the edge keeps no copy`);
}

/** A photo that the edge has copies of is deleted for good: after maintenance has run, the edge has none either. */
export async function walkPurge(stage: Stage): Promise<string> {
  const visitor = stage.visitor();
  await visitor.signIn(person);
  await visitor.ask("GET", "/", { headers: { accept: "text/html" } });
  const uploaded = await visitor.upload(await makePicture(), "to-be-purged.jpg");
  expectStatus(stage, "uploading", uploaded, 201);
  const photo = readJson(uploaded);
  const id = textAt(photo, "id");
  const paths = ["storage_path", "preview_path", "thumbnail_path"].map((name) => `/${textAt(photo, name)}`);
  for (const path of paths) {
    expectStatus(stage, path, await visitor.ask("GET", path), 200);
    await expectCopy(stage, visitor, path);
  }
  expectStatus(stage, "moving it to the trash", await visitor.ask("DELETE", `/v1/photos/${id}`), 200);
  expectStatus(stage, "deleting it for good", await visitor.ask("DELETE", `/v1/trash/${id}`), 204);
  expectStatus(stage, "the photo", await visitor.ask("GET", `/v1/photos/${id}`), 404);
  for (const path of paths) await expectCopy(stage, visitor, path);
  const said = await walkSchedules(stage);
  for (const path of paths) {
    expectStatus(stage, `${path}, purged`, await visitor.ask("GET", path), 404);
  }
  return `${said}\na photo that the edge had copies of was deleted for good, and then answered 404 there`;
}
