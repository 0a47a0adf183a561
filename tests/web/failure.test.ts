import { expect, test } from "vitest";
import {
  RefusedError,
  SignedOutError,
  UnreachableError,
  messageOf,
  readFailure,
} from "../../app/web/api/failure.ts";

test("a problem reply is said in its own words", () => {
  const body = JSON.stringify({ title: "Too large", detail: "This photo has 31 MB.", code: "too-large" });
  expect(readFailure(413, body)).toMatchObject({
    message: "This photo has 31 MB.",
    code: "too-large",
    status: 413,
  });
  expect(readFailure(413, JSON.stringify({ title: "Too large" })).message).toBe("Too large.");
  expect(readFailure(422, JSON.stringify({ detail: "the file is cut off" })).message).toBe(
    "The file is cut off.",
  );
});

test.each([
  [413, "This is larger than one upload may be."],
  [429, "Too many requests at once. Please wait a moment."],
  [502, "ImgStream has a problem just now. Please try again in a moment."],
  [418, "ImgStream did not accept this."],
])("an answer of status %d that is no problem reply is said in ours", (status, message) => {
  expect(readFailure(status, "<html>upstream</html>").message).toBe(message);
  expect(readFailure(status, "[]").message).toBe(message);
});

test("401 means signed out, whoever says it", () => {
  expect(readFailure(401, "Sign in first.")).toBeInstanceOf(SignedOutError);
});

test("what passes by itself is told from what does not", () => {
  const statuses = [400, 404, 409, 413, 422, 429, 500, 502, 503, 504];
  expect(statuses.filter((status) => new RefusedError(status, "", {}).isPassing)).toEqual([
    429, 502, 503, 504,
  ]);
});

test("a fault of the page's own says nothing of its inside to a person", () => {
  expect(messageOf(new TypeError("undefined is not a function"))).toBe(
    "Something went wrong. Please try again.",
  );
  expect(messageOf(new UnreachableError())).toContain("cannot be reached");
});

test.each([
  ["3", 3],
  ["Wed, 21 Oct 2026 07:28:00 GMT", undefined],
  [null, undefined],
])("Retry-After '%s' is %s seconds", (header, seconds) => {
  expect(new RefusedError(503, "", {}, header).retryAfterSeconds).toBe(seconds);
});
