import { expect, test } from "vitest";
import { RefusedError, UnreachableError } from "../../app/web/api/failure.ts";
import { askInTurn, secondsToWait } from "../../app/web/api/pacing.ts";

const tooMany = (retryAfter: string | null) =>
  new RefusedError(429, "Too many requests at once.", {}, retryAfter);
const code = (name: string) => new RefusedError(429, "Too many.", { code: name }, "3");

test("waits as long as the service says, within reason, and only where there were too many requests", () => {
  expect(secondsToWait(tooMany("7"))).toBe(7);
  expect(secondsToWait(tooMany("0"))).toBe(1);
  expect(secondsToWait(tooMany("86400"))).toBe(60);
  expect(secondsToWait(tooMany(null))).toBe(10);
  expect(secondsToWait(tooMany("Fri, 27 Nov 2026 05:00:00 GMT"))).toBe(10);
  expect(secondsToWait(new RefusedError(503, "Busy.", {}, "7"))).toBeUndefined();
  expect(secondsToWait(code("too-many-requests"))).toBe(3);
  expect(secondsToWait(code("too-many-uploads"))).toBeUndefined();
  expect(secondsToWait(new UnreachableError())).toBeUndefined();
});

/** Asks in turn somebody who gives these answers. @returns the last, and how long was waited before each */
async function askFor(answers: readonly (Error | string)[]) {
  const left = [...answers];
  const waited: number[] = [];
  const answer = await askInTurn(
    async () => {
      const next = left.shift();
      if (next instanceof Error) throw next;
      return next;
    },
    async (seconds) => void waited.push(seconds),
  );
  return [answer, waited] as const;
}

test("a request is repeated when its turn has come, and the person is told nothing", async () => {
  const [answer, waited] = await askFor([tooMany("2"), tooMany("3"), "a photo"]);
  expect([answer, waited]).toEqual(["a photo", [2, 3]]);
});

test.each(["catalog-busy", "catalog-closed", "commit-failed", "commit-outcome-unknown"])(
  "a change that could not be written just then is sent again: %s",
  async (name) => {
    const [answer, waited] = await askFor([
      new RefusedError(503, "Not made.", { code: name }, "2"),
      "a photo",
    ]);
    expect([answer, waited]).toEqual(["a photo", [2]]);
  },
);

test("who is refused for good is told, as is any other fault at once", async () => {
  const waited: number[] = [];
  const refused = askInTurn(
    () => Promise.reject(tooMany("1")),
    async (seconds) => void waited.push(seconds),
  );
  await expect(refused).rejects.toMatchObject({ status: 429 });
  expect(waited).toEqual([1, 1, 1, 1, 1]);
  const fault = askInTurn(
    () => Promise.reject(new UnreachableError()),
    async () => expect.fail("waited"),
  );
  await expect(fault).rejects.toBeInstanceOf(UnreachableError);
  const away = askInTurn(
    () => Promise.reject(new RefusedError(503, "Away.", { code: "not-ready" }, "5")),
    async () => expect.fail("waited"),
  );
  await expect(away).rejects.toMatchObject({ code: "not-ready" });
});
