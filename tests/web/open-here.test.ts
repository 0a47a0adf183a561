import { expect, test } from "vitest";
import { openHere } from "../../app/web/parts/open-here.ts";

const plain = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

/** What a click with these keys held does. */
function click(keys: Partial<typeof plain>): string[] {
  const done: string[] = [];
  const preventDefault = () => void done.push("kept from the browser");
  openHere(() => done.push("opened here"))({ ...plain, ...keys, preventDefault });
  return done;
}

test("a plain click opens within the page", () => {
  expect(click({})).toEqual(["kept from the browser", "opened here"]);
});

test.each(["ctrlKey", "metaKey", "shiftKey", "altKey"])("with %s held a click is the browser's", (key) => {
  expect(click({ [key]: true })).toEqual([]);
});
