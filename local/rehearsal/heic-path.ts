import { setTimeout as pause } from "node:timers/promises";
import { objectAt, shown, textAt } from "../google-apis/engine/json.ts";
import { behind } from "./behind.ts";
import { thumbnail } from "./persons-path.ts";
import { makeHeic } from "./picture.ts";
import { expectStatus, readJson } from "./reply-check.ts";
import { colleague, type Stage } from "./stage.ts";

const patienceMilliseconds = 30_000;

/** A HEIC photo is for the worker: the store's event is pushed to it, and the pictures follow. */
export async function walkHeicUpload(stage: Stage): Promise<string> {
  const visitor = stage.visitor();
  await visitor.signIn(colleague);
  const uploaded = await visitor.upload(await makeHeic(), "from-a-phone.heic");
  expectStatus(stage, "uploading a HEIC photo", uploaded, 202);
  const id = textAt(readJson(uploaded), "id");
  const began = performance.now();
  for (;;) {
    const reply = await visitor.ask("GET", `/v1/photos/${id}`);
    expectStatus(stage, "asking for the HEIC photo", reply, 200);
    const state = textAt(readJson(reply), "state");
    if (state === "ready") break;
    const seconds = Math.round((performance.now() - began) / 1000);
    if (state !== "processing" || performance.now() - began > patienceMilliseconds) {
      throw new Error(
        `the HEIC photo is '${state}' after ${seconds} s: ${shown(objectAt(readJson(reply), "metadata"))}\n${behind(stage)}`,
      );
    }
    await pause(250);
  }
  const preview = await visitor.ask("GET", `/v1/photos/${id}/preview`);
  expectStatus(stage, "asking for the HEIC photo's preview", preview, 303);
  expectStatus(stage, "the HEIC photo's thumbnail", await thumbnail(visitor, id), 200);
  const pushed = [...stage.platform.events.acknowledged].map(
    ([name, count]) => `${name.split("/").at(-1)} (${count})`,
  );
  return `ready ${((performance.now() - began) / 1000).toFixed(1)} s after the upload; pushes acknowledged: ${pushed.join(", ")}`;
}
