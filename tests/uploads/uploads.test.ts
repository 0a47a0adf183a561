import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { grain, quarters } from "../pictures/sample-pictures.ts";
import { type PhotoServer, createPhotoServer, upload as uploadSimply } from "../photos/photo-server.ts";
import { sendContent } from "./send-content.ts";

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

interface Opened {
  readonly id: string;
  readonly address: string;
  readonly headers: Record<string, string>;
  readonly offset: number;
  readonly photo_id: string | null;
}

async function ask(service: PhotoServer, method: "GET" | "POST" | "DELETE", url: string, payload?: object) {
  const reply = await service.server.inject({
    method,
    url,
    headers: service.headers,
    ...(payload !== undefined && { payload }),
  });
  return { status: reply.statusCode, body: reply.body === "" ? {} : reply.json<Record<string, unknown>>() };
}

async function open(
  service: PhotoServer,
  bytes: Uint8Array,
  more: Record<string, unknown> = {},
  key = "key-1",
) {
  const reply = await service.server.inject({
    method: "POST",
    url: "/v1/uploads",
    headers: { ...service.headers, "idempotency-key": key },
    payload: { filename: "../IMG 1.JPG", size_bytes: bytes.length, sha256: sha256Of(bytes), ...more },
  });
  return { status: reply.statusCode, body: reply.json<Opened & { code?: string }>() };
}

async function send(
  service: PhotoServer,
  { id }: Pick<Opened, "id">,
  bytes: Uint8Array,
  first: number,
  end: number,
) {
  const reply = await sendContent(service, id, bytes, first, end);
  return { status: reply.statusCode, range: reply.headers["range"] };
}

async function stored(service: PhotoServer): Promise<string[]> {
  const names = await service.stored();
  for await (const { name } of service.uploads.list("")) names.push(name);
  return names;
}

test("a file sent in chunks becomes a photo, and completing it again gives the same answer", async () => {
  const service = await createPhotoServer();
  const bytes = await grain(2000, 1400).jpeg({ quality: 95 }).toBuffer();
  expect(bytes.length).toBeGreaterThan(1_100_000);
  const { status, body } = await open(service, bytes, { title: "Sea", private: false });
  expect(status).toBe(201);
  expect(body).toMatchObject({ offset: 0, address: `/v1/uploads/${body.id}/content`, photo_id: null });
  const middle = 1_048_576;
  expect(await send(service, body, bytes, 0, middle)).toEqual({
    status: 308,
    range: `bytes=0-${middle - 1}`,
  });
  expect((await ask(service, "POST", `/v1/uploads/${body.id}/complete`)).body["code"]).toBe(
    "upload-incomplete",
  );
  expect((await ask(service, "GET", `/v1/uploads/${body.id}`)).body).toMatchObject({
    offset: middle,
    state: "open",
  });
  // What arrived already is left out, and what would leave a gap is not taken.
  expect((await send(service, body, bytes, middle + 100, bytes.length)).range).toBe(`bytes=0-${middle - 1}`);
  expect((await send(service, body, bytes, 1000, bytes.length)).status).toBe(200);

  const completed = await ask(service, "POST", `/v1/uploads/${body.id}/complete`);
  expect(completed).toMatchObject({
    status: 201,
    body: {
      title: "Sea",
      private: false,
      filename: "IMG 1.JPG",
      sha256: sha256Of(bytes),
      size_bytes: bytes.length,
    },
  });
  const again = await ask(service, "POST", `/v1/uploads/${body.id}/complete`);
  expect([again.status, again.body]).toEqual([200, completed.body]);
  expect(await stored(service)).toHaveLength(3);
  expect((await service.media.read(String(completed.body["storage_path"])))?.bytes).toEqual(bytes);
});

test("opening it again under the same key finds the same upload where it was", async () => {
  const service = await createPhotoServer();
  const bytes = await quarters(600, 400).jpeg().toBuffer();
  const first = await open(service, bytes);
  await send(service, first.body, bytes, 0, 100);
  const second = await open(service, bytes);
  expect(second.body).toEqual({ ...first.body, offset: 100 });
  expect((await open(service, bytes, { filename: "other.jpg" })).body.code).toBe("idempotency-key-reused");
});

test("a title with blanks around it is the request that it is without them, as for earlier releases", async () => {
  const service = await createPhotoServer();
  const bytes = await quarters(600, 400).jpeg().toBuffer();
  const titled = [
    ["key-1", " Sea\n", "Sea"],
    ["key-2", " ", undefined],
  ] as const;
  for (const [key, one, other] of titled) {
    const { status, body } = await open(service, bytes, { title: one }, key);
    expect(status).toBe(201);
    expect((await open(service, bytes, { title: other }, key)).body).toEqual(body);
  }
});

test("what is here already is said before anything is sent", async () => {
  const service = await createPhotoServer();
  const bytes = await quarters().jpeg().toBuffer();
  const photoId = (await uploadSimply(service, bytes)).body["id"];
  const other = sha256Of(Buffer.from("other"));
  const check = () => ask(service, "POST", "/v1/uploads/check", { sha256: [sha256Of(bytes), other] });
  const found = { sha256: sha256Of(bytes), photo_id: photoId };
  expect((await check()).body).toEqual({ found: [{ ...found, in_trash: false }] });
  expect(await open(service, bytes)).toMatchObject({
    status: 200,
    body: { state: "completed", photo_id: photoId, in_trash: false },
  });
  await ask(service, "DELETE", `/v1/photos/${String(photoId)}`);
  expect((await check()).body).toEqual({ found: [{ ...found, in_trash: true }] });
  expect((await open(service, bytes, {}, "another")).body).toMatchObject({
    photo_id: photoId,
    in_trash: true,
  });
});

test("what came another way while a part of it was sent is that photo, and its room is free", async () => {
  const service = await createPhotoServer();
  const bytes = await quarters(600, 400).jpeg().toBuffer();
  const { body } = await open(service, bytes);
  await send(service, body, bytes, 0, 100);
  const photoId = (await uploadSimply(service, bytes)).body["id"];
  const completed = await ask(service, "POST", `/v1/uploads/${body.id}/complete`);
  const again = await ask(service, "POST", `/v1/uploads/${body.id}/complete`);
  for (const reply of [completed, again]) expect([reply.status, reply.body["id"]]).toEqual([200, photoId]);
  expect((await ask(service, "GET", `/v1/uploads/${body.id}`)).body).toMatchObject({
    state: "completed",
    photo_id: photoId,
  });
  expect((await ask(service, "GET", "/v1/users/me/usage")).body["storage_reserved"]).toBe(0);
  expect(await stored(service)).toHaveLength(3);
  expect(await Array.fromAsync(service.sessions.list())).toEqual([]);
});

test("what arrives is another file than was declared, or no picture: thrown away, and its room is free", async () => {
  const service = await createPhotoServer();
  const bytes = await quarters().jpeg().toBuffer();
  const lie = await open(service, bytes);
  await send(service, lie.body, Buffer.from(bytes).fill(7, 20, 40), 0, bytes.length);
  expect((await ask(service, "POST", `/v1/uploads/${lie.body.id}/complete`)).body["code"]).toBe(
    "upload-mismatch",
  );
  const text = Buffer.from("this is no picture");
  const { body } = await open(service, text, {}, "key-2");
  await send(service, body, text, 0, text.length);
  expect((await ask(service, "POST", `/v1/uploads/${body.id}/complete`)).body["code"]).toBe(
    "unreadable-picture",
  );
  expect((await ask(service, "GET", `/v1/uploads/${body.id}`)).status).toBe(404);
  expect(await stored(service)).toEqual([]);
});

test("an upload that is given up leaves nothing, and again is no error", async () => {
  const service = await createPhotoServer();
  const bytes = await quarters().jpeg().toBuffer();
  const { body } = await open(service, bytes);
  await send(service, body, bytes, 0, bytes.length);
  for (const _ of [1, 2]) expect((await ask(service, "DELETE", `/v1/uploads/${body.id}`)).status).toBe(204);
  expect(await stored(service)).toEqual([]);
  expect((await ask(service, "POST", `/v1/uploads/${body.id}/complete`)).status).toBe(404);
  expect((await send(service, body, bytes, 0, 10)).status).toBe(410);
});

test("twenty uploads at once by a person with room for ten: exactly ten succeed", async () => {
  const service = await createPhotoServer();
  await ask(service, "GET", "/v1/users/me");
  const size = 104_000_000;
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      open(
        service,
        randomBytes(1),
        { size_bytes: size, sha256: sha256Of(Buffer.from(`${index}`)) },
        `key-${index}`,
      ),
    ),
  );
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(10);
  const refused = replies.filter(({ status }) => status !== 201);
  expect(refused.every(({ body }) => body.code === "quota-exceeded")).toBe(true);
});

test("nobody reaches another person's upload, and what is too large is refused", async () => {
  const service = await createPhotoServer();
  const bytes = await quarters().jpeg().toBuffer();
  const { body } = await open(service, bytes);
  const stranger = {
    ...service,
    headers: await service.headersOf({ sub: "accounts.google.com:2", email: "b@example.com" }),
  };
  expect((await ask(stranger, "GET", `/v1/uploads/${body.id}`)).status).toBe(404);
  expect((await send(stranger, body, bytes, 0, bytes.length)).status).toBe(410);
  expect((await ask(stranger, "POST", `/v1/uploads/${body.id}/complete`)).status).toBe(404);
  await ask(stranger, "DELETE", `/v1/uploads/${body.id}`);
  expect((await ask(service, "GET", `/v1/uploads/${body.id}`)).body["state"]).toBe("open");
  const tooLarge = await open(service, bytes, { size_bytes: 200 * 1024 * 1024 + 1 }, "key-9");
  expect(tooLarge.body.code).toBe("upload-too-large");
});

test("a title that cannot be recorded is refused before anything is sent, in an upload and in a form", async () => {
  const service = await createPhotoServer();
  const bytes = await quarters(60, 40).jpeg().toBuffer();
  expect(await open(service, bytes, { title: "t\ud800" })).toMatchObject({
    status: 422,
    body: { code: "invalid-command" },
  });
  expect((await open(service, bytes, { title: "x".repeat(201) }, "key-2")).status).toBe(400);
  // Characters are counted, as in an edit.
  expect((await open(service, bytes, { title: "📷".repeat(200) }, "key-3")).status).toBe(201);
  const form = (content: string) => uploadSimply(service, bytes, "a.jpg", [{ name: "title", content }]);
  expect((await form("📷".repeat(201))).status).toBe(400);
  expect(await stored(service)).toEqual([]);
  expect(await form("📷".repeat(200))).toMatchObject({ status: 201, body: { title: "📷".repeat(200) } });
});
