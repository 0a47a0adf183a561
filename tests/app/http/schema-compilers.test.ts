import Fastify from "fastify";
import { expect, test } from "vitest";
import { loadSchemaCompilers, schemaCompilers } from "../../../app/http/schema-compilers.ts";
import { schemaController } from "../../../app/http/schema-controller.ts";
import { createTestServer } from "../test-server.ts";

test("health answers before the compilers of schemas are loaded, and any other route loads them", async () => {
  const { server, headersOf } = await createTestServer();
  expect((await server.inject("/health/ready")).statusCode).toBe(200);
  expect(() => schemaCompilers()).toThrow("await loadSchemaCompilers() first");
  const reply = await server.inject({ url: "/openapi.json", headers: await headersOf() });
  expect(reply.statusCode).toBe(200);
  const compilers = schemaCompilers();
  await loadSchemaCompilers();
  expect(schemaCompilers()).toBe(compilers);
  await server.close();
});

test("a server of that controller without a validator compiler does not become ready", async () => {
  const server = Fastify({ schemaController });
  server.post("/", { schema: { body: { type: "object" } } }, async () => "");
  await expect(server.ready()).rejects.toThrow("call setValidatorCompiler on the server");
});
