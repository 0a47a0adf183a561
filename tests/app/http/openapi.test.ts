import { execFile, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { grain } from "../../pictures/sample-pictures.ts";
import { createAppGround } from "../app-process.ts";
import { createTestServer } from "../test-server.ts";

interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, unknown> };
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly required: boolean }[];
  readonly responses: Record<string, unknown>;
}

async function readDocument(): Promise<Document> {
  const { server, headersOf } = await createTestServer();
  const reply = await server.inject({ url: "/openapi.json", headers: await headersOf() });
  await server.close();
  expect(reply.statusCode).toBe(200);
  return reply.json();
}

test("every operation has a name, a summary, its successes and the problem reply", async () => {
  const document = await readDocument();
  expect(Object.keys(document.components.schemas)).toContain("Problem");
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  expect(operations.length).toBeGreaterThan(8);
  for (const operation of operations) {
    expect(operation).toMatchObject({
      operationId: expect.any(String),
      summary: expect.any(String),
      responses: {
        default: {
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
    });
    expect(Object.keys(operation.responses)).toContainEqual(expect.stringMatching(/^2\d\d$/));
  }
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
});

test("every write names the header that it must carry, and only health asks for no sign-in", async () => {
  const { paths } = await readDocument();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { parameters = [], security }] of Object.entries(operations)) {
      const header = parameters.find(({ name }) => name === "x-requested-with");
      expect([path, method, header?.required]).toEqual([path, method, method === "get" ? undefined : true]);
      expect([path, security]).toEqual([path, path.startsWith("/health/") ? [] : undefined]);
    }
  }
});

test("nothing that is described but health is answered without an identity", async () => {
  const { paths } = await readDocument();
  const { server } = await createTestServer();
  const asked = Object.entries(paths)
    .filter(([path]) => !path.startsWith("/health/"))
    .flatMap(([path, operations]) => Object.keys(operations).map((method) => [path, method] as const));
  for (const [path, method] of asked) {
    const reply = await server.inject({
      url: path.replaceAll(/\{\w+\}/g, "x"),
      method: method.toUpperCase() as "GET",
      headers: { "x-requested-with": "XMLHttpRequest" },
    });
    expect([path, method, reply.statusCode]).toEqual([path, method, 401]);
  }
  expect(asked.length).toBeGreaterThan(6);
  await server.close();
});

test("pages and the description itself are not part of the API", async () => {
  const { paths } = await readDocument();
  const outside = Object.keys(paths).filter(
    (path) => !path.startsWith("/v1/") && !path.startsWith("/health/"),
  );
  expect(outside).toEqual([]);
});

const isInstalled = spawnSync("schemathesis", ["--version"]).status === 0;
const mayBeSkipped = process.env["CI"] !== "true";

/** What Schemathesis asserts of every reply. Left out: that a photo in the trash is gone, which it is not. */
const checks = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "negative_data_rejection",
  "unsupported_method",
];

test.skipIf(!isInstalled && mayBeSkipped)(
  "a running instance keeps to its description, whatever it is sent (needs Schemathesis: pip install schemathesis)",
  { timeout: 300_000 },
  async () => {
    const ground = await createAppGround();
    const unlimited = ["reads", "searches", "writes", "uploads", "bytes"].map(
      (kind) => `${kind}=1000000/1000000`,
    );
    const web = ground.start(["web"], { REQUEST_LIMITS: unlimited.join(",") });
    const origin = await web.origin;
    const headers = await ground.headers({ exp: Math.floor(Date.now() / 1000) + 3600 });
    const form = new FormData();
    form.append("file", new Blob([Uint8Array.from(await grain(200, 100).jpeg().toBuffer())]), "IMG_1.jpg");
    expect((await fetch(`${origin}/v1/photos`, { method: "POST", headers, body: form })).status).toBe(201);

    const reply = await fetch(`${origin}/openapi.json`, { headers });
    const { security: _atTheProxy, ...document } = (await reply.json()) as Record<string, unknown>;
    const file = join(ground.folder, "openapi.json");
    writeFileSync(file, JSON.stringify(document));
    const given = Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]);
    const { stdout } = await promisify(execFile)(
      "schemathesis",
      [
        "run",
        file,
        `--url=${origin}`,
        ...given,
        `--checks=${checks.join(",")}`,
        "--max-examples=25",
        "--seed=1",
        "--generation-database=none",
        "--no-color",
      ],
      { cwd: ground.folder, maxBuffer: 64 * 1024 * 1024 },
    ).catch((error: Error & { stdout?: string }) => {
      throw new Error(`Schemathesis found:\n${error.stdout ?? error.message}`, { cause: error });
    });
    expect(stdout).toContain("Tested: ");
    expect(web.lines.filter(({ severity }) => severity === "ERROR" || severity === "CRITICAL")).toEqual([]);
  },
);
