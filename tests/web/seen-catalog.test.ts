import { expect, test } from "vitest";
import { SeenCatalog } from "../../app/web/api/seen-catalog.ts";

test("what the newest reply has seen goes with the next request, in whatever order replies come", () => {
  const seen = new SeenCatalog();
  expect(seen.headers).toEqual({});
  for (const token of ["anna.9", "anna.10", "anna.8", null, "nonsense"]) seen.note(token);
  expect(seen.headers).toEqual({ "catalog-token": "anna.10" });
});

test("another person's replies count from their beginning, and what was seen can be forgotten", () => {
  const seen = new SeenCatalog();
  for (const token of ["anna.10", "ben.1"]) seen.note(token);
  expect(seen.headers).toEqual({ "catalog-token": "ben.1" });
  seen.forget();
  expect(seen.headers).toEqual({});
});
