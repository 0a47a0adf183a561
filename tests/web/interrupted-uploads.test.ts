import { expect, test } from "vitest";
import { InterruptedUploads } from "../../app/web/upload/interrupted-uploads.ts";

/** Keys of which the test says what is kept. */
function makeUploads(...kept: string[]) {
  const keys = {
    kept,
    asked: [] as string[],
    async findInterrupted(personId: string) {
      keys.asked.push(personId);
      return [...keys.kept];
    },
    stillKept: (names: readonly string[]) => names.filter((name) => keys.kept.includes(name)),
    dismiss: (names: readonly string[]) => {
      keys.kept = keys.kept.filter((name) => !names.includes(name));
    },
  };
  return { keys, uploads: new InterruptedUploads(keys) };
}

test("what was interrupted before is counted down as it comes to its end", async () => {
  const { keys, uploads } = makeUploads("a", "b");
  const counts: number[] = [];
  uploads.count.watch((count) => counts.push(count));
  await uploads.find("anna");
  uploads.look();
  keys.kept = ["b"];
  uploads.look();
  keys.kept = [];
  uploads.look();
  expect(counts).toEqual([2, 1, 0]);
});

test("what this page itself leaves unfinished is not counted: its own rows tell it", async () => {
  const { keys, uploads } = makeUploads("a");
  await uploads.find("anna");
  keys.kept = ["a", "of this page"];
  uploads.look();
  await uploads.find("anna");
  expect([uploads.count.value, keys.asked]).toEqual([1, ["anna"]]);
});

test("what is dismissed is counted no more, and nothing else is dismissed with it", async () => {
  const { keys, uploads } = makeUploads("a", "b");
  await uploads.find("anna");
  keys.kept.push("of this page");
  uploads.dismiss();
  expect([uploads.count.value, keys.kept]).toEqual([0, ["of this page"]]);
});
