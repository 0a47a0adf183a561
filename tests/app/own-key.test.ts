import * as Type from "typebox";
import { Check } from "typebox/schema";
import { expect, test } from "vitest";
import { idempotencyKeyHeader } from "../../app/http/idempotency-key.ts";
import { freshKey } from "../../app/own-key.ts";

test("no key that comes with a request is one of the service's own", () => {
  const header = Type.Object(idempotencyKeyHeader);
  const own = freshKey("close-upload");
  expect(Check(header, { "idempotency-key": own.replace(" ", "-") })).toBe(true);
  expect(Check(header, { "idempotency-key": own })).toBe(false);
});

test("a key for one change is no other change's", () => {
  expect(freshKey("close-upload")).not.toBe(freshKey("close-upload"));
});
