import * as fc from "fast-check";
import { Type } from "typebox";
import type { TSchema } from "typebox";
import { beforeAll, describe, expect, test } from "vitest";
import { RequestRefusedError } from "../../../app/http/request-refusal.ts";
import { loadSchemaCompilers } from "../../../app/http/schema-compilers.ts";
import { compileValidator } from "../../../app/http/schema-validator.ts";
import { createTestServer } from "../test-server.ts";

beforeAll(loadSchemaCompilers);

interface Outcome {
  readonly value?: unknown;
  readonly error?: unknown;
}

function check(schema: TSchema, httpPart: string, received: unknown): Outcome {
  return compileValidator({ schema, httpPart, method: "GET", url: "/" })(received) as Outcome;
}

function faultsOf({ error }: Outcome) {
  return error instanceof RequestRefusedError ? error.faults : [];
}

const Edit = Type.Object(
  {
    title: Type.String({ maxLength: 5 }),
    tags: Type.Array(Type.String({ minLength: 1 }), { maxItems: 3 }),
    kind: Type.Union([Type.Literal("a"), Type.Literal("b")]),
    "odd/na~me": Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);

test("every fault of a body is reported at once, by JSON pointer", () => {
  const outcome = check(Edit, "body", {
    title: "much too long",
    tags: ["x", ""],
    "odd/na~me": 0,
    surprise: true,
  });
  const faults = faultsOf(outcome);
  expect(faults.map(({ pointer }) => pointer).toSorted()).toEqual([
    "/kind",
    "/odd~1na~0me",
    "/surprise",
    "/tags/1",
    "/title",
  ]);
  expect(faults.every((fault) => fault.in === "body" && fault.detail !== "")).toBe(true);
  expect(faults.find(({ pointer }) => pointer === "/kind")?.detail).toBe("is required");
  expect(faults.find(({ pointer }) => pointer === "/surprise")?.detail).toBe("is not known here");
});

test("a body is taken as it is: no text becomes a number, nothing unknown is dropped", () => {
  const Body = Type.Object({ count: Type.Integer() });
  expect(faultsOf(check(Body, "body", { count: "5" }))).toHaveLength(1);
  expect(check(Body, "body", { count: 5, more: 1 }).value).toEqual({ count: 5, more: 1 });
});

const Query = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    ratio: Type.Optional(Type.Number()),
    trashed: Type.Optional(Type.Boolean()),
    tag: Type.Optional(Type.Array(Type.String())),
    cursor: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

describe("text of a query", () => {
  test("is read as what the schema names, with its defaults", () => {
    expect(
      check(Query, "querystring", { limit: "20", trashed: "false", tag: "sea", ratio: "-1.5" }).value,
    ).toEqual({
      limit: 20,
      trashed: false,
      tag: ["sea"],
      ratio: -1.5,
    });
    expect(check(Query, "querystring", {}).value).toEqual({ limit: 50 });
    expect(check(Query, "querystring", { cursor: "12" }).value).toEqual({ limit: 50, cursor: "12" });
  });

  test.each([
    ["limit", "5.5"],
    ["limit", ""],
    ["limit", " 5"],
    ["limit", "5e1"],
    ["limit", "0x10"],
    ["limit", "0"],
    ["limit", "201"],
    ["limit", "9".repeat(30)],
    ["limit", ["1", "2"]],
    ["trashed", "yes"],
    ["trashed", "1"],
    ["ratio", "NaN"],
    ["ratio", "Infinity"],
    ["surprise", "x"],
  ])("is refused where it is not: %s=%s", (name, value) => {
    const faults = faultsOf(check(Query, "querystring", { [name]: value }));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ in: "query", pointer: `/${name}` });
  });

  test("is read as the very number it is, or refused", () => {
    const text = fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String));
    const isExact = fc.property(text, (limit) => {
      const { value } = check(Query, "querystring", { limit });
      return value === undefined || (value as { limit: number }).limit === Number(limit);
    });
    expect(() => fc.assert(isExact)).not.toThrow();
  });

  test("and whatever arrives, there is a value or a refusal that can be sent", () => {
    const isAnswered = fc.property(fc.object(), (received) => {
      const outcome = check(Query, "querystring", received);
      return outcome.error === undefined ? outcome.value !== undefined : faultsOf(outcome).length > 0;
    });
    expect(() => fc.assert(isAnswered)).not.toThrow();
  });
});

test("long lists of faults are cut", () => {
  const body = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`field${index}`, index]));
  const { error } = check(Type.Object({}, { additionalProperties: false }), "body", body);
  expect(error).toBeInstanceOf(RequestRefusedError);
  expect((error as RequestRefusedError).faults.length).toBeLessThanOrEqual(20);
  expect((error as RequestRefusedError).message.length).toBeLessThan(300);
});

test("a route's refusal names the fields in its reply", async () => {
  const { server, headersOf } = await createTestServer();
  server.post("/v1/edits", { schema: { body: Edit } }, async () => ({}));
  const reply = await server.inject({
    url: "/v1/edits",
    method: "POST",
    headers: await headersOf(),
    payload: { title: "x", tags: [1], kind: "a" },
  });
  expect(reply.statusCode).toBe(400);
  expect(reply.json()).toMatchObject({
    code: "request-invalid",
    detail: "'tags/0' (body) must be string.",
    errors: [{ in: "body", pointer: "/tags/0", detail: "must be string" }],
  });
  await server.close();
});
