import { setTimeout as pause } from "node:timers/promises";
import { isObject, listAt, textAt } from "../google-apis/engine/json.ts";
import { makePicture } from "./picture.ts";
import { expectStatus, readJson } from "./reply-check.ts";
import { person, type Stage } from "./stage.ts";
import type { Reply, Visitor } from "./visitor.ts";

/** Asks until the photo's pictures are there, or ten seconds are over; follows to the edge. */
export async function thumbnail(visitor: Visitor, id: string): Promise<Reply> {
  for (let attempt = 0; ; attempt += 1) {
    const reply = await visitor.ask("GET", `/v1/photos/${id}/thumbnail`);
    if (reply.status === 200 || attempt > 50) return reply;
    if (reply.status === 303 || reply.status === 302) {
      const target = new URL(reply.headers.location ?? "/", "https://edge.invalid");
      return visitor.ask("GET", target.pathname + target.search);
    }
    await pause(200);
  }
}

/** Signing in, the page, an upload, the gallery, deleting: as a person does it, by the declared name. */
export async function walkPersonsPath(stage: Stage): Promise<string> {
  const stranger = stage.visitor();
  expectStatus(stage, "asking without signing in", await stranger.ask("GET", "/v1/photos"), 401);
  const visitor = stage.visitor();
  await visitor.signIn(person);
  const me = await visitor.ask("GET", "/v1/users/me");
  expectStatus(stage, "asking who I am", me, 200);
  const page = await visitor.ask("GET", "/", { headers: { accept: "text/html" } });
  expectStatus(stage, "opening the page", page, 200);
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(page.body.toString("utf8"))?.[1];
  if (script === undefined) throw new Error("the page names no script below /assets/");
  expectStatus(stage, `the page's ${script}`, await visitor.ask("GET", script), 200);
  const uploaded = await visitor.upload(await makePicture(), "rehearsal.jpg");
  const id = textAt(readJson(uploaded), "id");
  if (uploaded.status !== 200) expectStatus(stage, "uploading", uploaded, 201);
  const photos = await visitor.ask("GET", "/v1/photos");
  expectStatus(stage, "the gallery", photos, 200);
  const shown = listAt(readJson(photos), "photos").some((photo) => isObject(photo) && photo["id"] === id);
  if (!shown) throw new Error(`the gallery does not show the photo ${id} that was just uploaded`);
  expectStatus(stage, "the thumbnail", await thumbnail(visitor, id), 200);
  const media = await stranger.ask("GET", `/photos/${id}/${id}.jpg`);
  expectStatus(stage, "media without a signature", media, 403);
  const deleted = await visitor.ask("DELETE", `/v1/photos/${id}`);
  if (deleted.status >= 300) expectStatus(stage, "deleting", deleted, 204);
  const after = listAt(readJson(await visitor.ask("GET", "/v1/photos")), "photos");
  if (after.some((photo) => isObject(photo) && photo["id"] === id))
    throw new Error("the deleted photo is still in the gallery");
  return `${person} signed in at https://${stage.facts.domain}, uploaded, saw and deleted a photo; a stranger got 401, unsigned media 403`;
}
