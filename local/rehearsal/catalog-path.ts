import { setTimeout as pause } from "node:timers/promises";
import { behind } from "./behind.ts";
import { makePicture } from "./picture.ts";
import { expectStatus } from "./reply-check.ts";
import { colleague, type Stage } from "./stage.ts";

const patienceMilliseconds = 30_000;

function countOf(counts: ReadonlyMap<string, number>, end: string): number {
  return [...counts].reduce((sum, [name, count]) => (name.endsWith(end) ? sum + count : sum), 0);
}

/** A change of a person's catalog reaches the worker by a push, and the worker publishes what happened. */
export async function walkCatalogEvents(stage: Stage): Promise<string> {
  const { events } = stage.platform;
  const seen = () => ({
    pushed: countOf(events.acknowledged, "-catalog-to-worker"),
    published: countOf(events.published, "-published"),
  });
  const before = seen();
  const visitor = stage.visitor();
  await visitor.signIn(colleague);
  expectStatus(stage, "uploading", await visitor.upload(await makePicture(), "told.jpg"), 201);
  const deadline = performance.now() + patienceMilliseconds;
  for (;;) {
    const { pushed, published } = seen();
    if (pushed > before.pushed && published > before.published) {
      return `${pushed - before.pushed} pushes to the worker, ${published - before.published} events published for the warehouse`;
    }
    if (performance.now() > deadline) {
      const what = pushed > before.pushed ? "the worker published nothing" : "the worker was told of nothing";
      throw new Error(`a photo was added, and ${what} within 30 s\n${behind(stage)}`);
    }
    await pause(200);
  }
}
