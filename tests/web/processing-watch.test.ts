import { expect, test, vi } from "vitest";
import type { PhotoJson } from "../../app/web/api/photo-json.ts";
import { ProcessingWatch } from "../../app/web/state/processing-watch.ts";
import { samplePhoto } from "./photo-sample.ts";

const settle = () => new Promise((resolve) => setImmediate(resolve));
const photo = (id: string, state = "processing") => samplePhoto({ id, state });

function createWatch() {
  const ready = new Set<string>();
  const settled: string[] = [];
  const asked: string[] = [];
  const waited: number[] = [];
  let goOn: (() => void) | undefined;
  const watch = new ProcessingWatch({
    read: async (id) => {
      asked.push(id);
      if (id === "lost") throw new Error("cannot be read");
      return photo(id, ready.has(id) ? "ready" : "processing");
    },
    wait: (seconds) => {
      waited.push(seconds);
      return new Promise((resolve) => {
        goOn = resolve;
      });
    },
    onSettled: ({ id }) => settled.push(id),
  });
  const next = async () => {
    goOn?.();
    await settle();
  };
  return { watch, ready, settled, asked, waited, next };
}

test("a photo is asked for more and more seldom until it has its pictures, and then no more", async () => {
  const { watch, ready, settled, asked, waited, next } = createWatch();
  watch.look([photo("a", "ready")]);
  expect(waited).toEqual([]);
  watch.look([photo("a", "ready"), photo("b")]);
  for (let time = 0; time < 8; time += 1) await next();
  expect(waited).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  ready.add("b");
  await next();
  expect(settled).toEqual(["b"]);
  const { length } = asked;
  await next();
  expect(asked).toHaveLength(length);
});

test("of many the first are asked for; once one has come, the next soon; what is gone is not asked for", async () => {
  const { watch, ready, settled, asked, waited, next } = createWatch();
  const many = ["lost", "b", "c", "d", "e", "f"].map((id) => photo(id));
  watch.look(many);
  await next();
  await next();
  expect(asked).toEqual([..."lost b c d e".split(" "), ..."lost b c d e".split(" ")]);
  ready.add("b");
  await next();
  expect(waited).toEqual([1, 2, 4, 1]);
  watch.look(many.filter(({ id }) => id !== "lost" && id !== "b"));
  ready.add("f");
  await next();
  expect(settled).toEqual(["b", "f"]);
});

test("an answer that comes after the photo was taken away is not told, and the others are", async () => {
  const answers = new Map<string, (photo: PhotoJson) => void>();
  const settled: string[] = [];
  const watch = new ProcessingWatch({
    read: (id) => new Promise((resolve) => void answers.set(id, resolve)),
    wait: async () => void (await settle()),
    onSettled: ({ id }) => settled.push(id),
  });
  watch.look([photo("a"), photo("b")]);
  await vi.waitFor(() => expect([...answers.keys()]).toEqual(["a", "b"]));
  watch.look([photo("b")]);
  for (const [id, answer] of answers) answer(photo(id, "ready"));
  await settle();
  expect(settled).toEqual(["b"]);
});
