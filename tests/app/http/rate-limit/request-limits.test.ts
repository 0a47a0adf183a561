import { expect, test } from "vitest";
import { defaultRequestLimits, readRequestLimits } from "../../../../app/http/rate-limit/request-limits.ts";

test("nothing given: the defaults", () => {
  expect(readRequestLimits(undefined)).toEqual(defaultRequestLimits);
});

test("kinds that are named are as given, the others keep their default", () => {
  expect(readRequestLimits("uploads=7/3, reads=1000000/1000000")).toEqual({
    ...defaultRequestLimits,
    uploads: { burst: 7, perSecond: 3 },
    reads: { burst: 1_000_000, perSecond: 1_000_000 },
  });
});

test.each([
  "uploads",
  "uploads=1",
  "uploads=0/1",
  "uploads=1/0",
  "uploads=1000001/1",
  "uploads=1.5/1",
  "uploads=-1/1",
  "uploads=1/1,uploads=2/2",
  "downloads=1/1",
  "constructor=1/1",
  "uploads=1/1,",
  " ",
])("'%s' is not taken", (value) => {
  expect(readRequestLimits(value)).toBeUndefined();
});
