import { expect, test } from "vitest";
import { AnswerMemo } from "../../app/catalog/answer-memo.ts";
import { AccountClosedError } from "../../app/catalog/person/errors.ts";
import { add, newKey, openCatalog, otherPerson, person, scratchFolder } from "./fixtures.ts";

/** Counts how often it was really asked. */
function question(answer: unknown) {
  const asked = { times: 0 };
  const ask = async () => {
    asked.times += 1;
    return answer;
  };
  return { asked, ask };
}

test("the same question at the same moment is asked once, by many at once too", async () => {
  const memo = new AnswerMemo(1e6);
  const { asked, ask } = question("yes");
  const answers = await Promise.all([1, 2, 3].map(() => memo.answer("a", 7, "q", ask)));
  expect([...answers, await memo.answer("a", 7, "q", ask)]).toEqual(["yes", "yes", "yes", "yes"]);
  expect(asked.times).toBe(1);
});

test("another moment, another owner and another question are asked for themselves", async () => {
  const memo = new AnswerMemo(1e6);
  const { asked, ask } = question("yes");
  await memo.answer("a", 7, "q", ask);
  await memo.answer("a", 8, "q", ask);
  await memo.answer("b", 8, "q", ask);
  await memo.answer("b", 8, "r", ask);
  expect(asked.times).toBe(4);
  // A moment that is past is answered and not kept, and what is kept stays.
  await memo.answer("a", 7, "q", ask);
  await memo.answer("a", 7, "q", ask);
  expect(asked.times).toBe(6);
  await memo.answer("a", 8, "q", ask);
  expect(asked.times).toBe(6);
});

test("what fails is asked again", async () => {
  const memo = new AnswerMemo(1e6);
  await expect(memo.answer("a", 1, "q", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await memo.answer("a", 1, "q", async () => "yes")).toBe("yes");
});

test("memory is bounded: who was not asked for longest is forgotten, and what is too large is not kept", async () => {
  const memo = new AnswerMemo(64_000);
  const { ask } = question("x".repeat(1000));
  for (let owner = 0; owner < 100; owner++) await memo.answer(String(owner), 1, "q", ask);
  expect(memo.bytes).toBeLessThanOrEqual(64_000);
  expect(memo.bytes).toBeGreaterThan(60_000);
  const again = question("again");
  await memo.answer("99", 1, "q", again.ask);
  expect(again.asked.times).toBe(0);
  await memo.answer("0", 1, "q", again.ask);
  expect(again.asked.times).toBe(1);

  const before = memo.bytes;
  const large = question("x".repeat(4000));
  await memo.answer("large", 1, "q", large.ask);
  await memo.answer("large", 1, "q", large.ask);
  expect([large.asked.times, memo.bytes]).toEqual([2, before]);
});

test("a later moment frees what was kept of the earlier one", async () => {
  const memo = new AnswerMemo(1e6);
  const { ask } = question("x".repeat(1000));
  for (let sequence = 1; sequence <= 50; sequence++) await memo.answer("a", sequence, "q", ask);
  expect(memo.bytes).toBeLessThan(2100);
});

test("an answer that comes after its moment has passed is given and not kept", async () => {
  const memo = new AnswerMemo(1e6);
  const { promise, resolve } = Promise.withResolvers<string>();
  const slow = memo.answer("a", 1, "q", () => promise);
  await memo.answer("a", 2, "q", async () => "new");
  const { bytes } = memo;
  resolve("old");
  expect(await slow).toBe("old");
  expect(memo.bytes).toBe(bytes);
});

test("a catalog answers a repeated question without a query until something changes, and never with what was before", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "a");
  const first = await catalog.photos(person, { limit: 10 });
  expect(await catalog.photos(person, { limit: 10 })).toBe(first);
  expect(await catalog.photos(person, { limit: 11 })).not.toBe(first);
  expect(await catalog.photos(otherPerson, { limit: 10 })).toMatchObject({ photos: [] });
  for (let turn = 0; turn < 30; turn++) {
    const edit = { title: `Title ${turn}` };
    // Somebody reads all the time.
    const reading = Promise.all([1, 2, 3].map(() => catalog.photos(person, { limit: 10 })));
    const command = { kind: "edit-photo", photoId: "a", edit } as const;
    const { token: after } = await catalog.execute(person, command, { idempotencyKey: newKey() });
    expect((await catalog.photos(person, { limit: 10, after })).photos).toMatchObject([edit]);
    expect((await catalog.photos(person, { limit: 10 })).photos).toMatchObject([edit]);
    await reading;
  }
  await catalog.execute(person, { kind: "close-account" }, { idempotencyKey: newKey() });
  await expect(catalog.photos(person, { limit: 10 })).rejects.toThrow(AccountClosedError);
});
