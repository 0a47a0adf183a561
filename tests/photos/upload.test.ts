import { createHash } from "node:crypto";
import { expect, test, vi } from "vitest";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { crc32cOf } from "../../app/storage/crc32c.ts";
import { grain, quarters } from "../pictures/sample-pictures.ts";
import { formOf } from "./form-body.ts";
import { createPhotoServer, upload } from "./photo-server.ts";

test("an uploaded photo is stored, derived, recorded and answered with its receipt", async () => {
  const service = await createPhotoServer();
  const bytes = await grain(900, 600)
    .withExif({
      IFD0: { Make: "Apple", Model: "iPhone 6" },
      IFD2: { DateTimeOriginal: "2015:04:10 20:12:23" },
    })
    .jpeg()
    .toBuffer();
  const { reply, status, body } = await upload(service, bytes, "IMG 1.JPG", [
    { name: "title", content: "  By the sea " },
    { name: "private", content: "false" },
  ]);
  expect(status).toBe(201);
  expect(reply.headers.location).toBe(`/v1/photos/${String(body["id"])}`);
  expect(body).toMatchObject({
    title: "By the sea",
    private: false,
    filename: "IMG 1.JPG",
    content_type: "image/jpeg",
    size_bytes: bytes.length,
    width: 900,
    height: 600,
    camera: "Apple iPhone 6",
    taken_at: "2015-04-10T20:12:23",
    taken_offset_minutes: null,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    crc32c: crc32cOf(bytes),
    generation: expect.stringMatching(/^\d+$/),
    metadata: { make: "Apple", model: "iPhone 6", exposure_time_seconds: null, decoder_warning: null },
    state: "ready",
    deleted_at: null,
  });
  const { id, user_id } = body as { id: string; user_id: string };
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(await service.stored()).toEqual([
    `photos/${user_id}/${id}.jpg`,
    `previews/${user_id}/${id}_preview.v1.jpg`,
    `thumbnails/${user_id}/${id}_thumb.v1.webp`,
  ]);
  expect((await service.media.read(`photos/${user_id}/${id}.jpg`))?.bytes).toEqual(bytes);
  expect(service.waiting()).toEqual([]);
});

test("a photo is private unless its uploader or their settings say otherwise", async () => {
  const service = await createPhotoServer();
  expect((await upload(service, await quarters().jpeg().toBuffer())).body["private"]).toBe(true);
});

test("the same content again is the photo that it is, and nothing more is stored", async () => {
  const service = await createPhotoServer();
  const bytes = await quarters().jpeg().toBuffer();
  const first = await upload(service, bytes, "one.jpg");
  const second = await upload(service, bytes, "two.jpg");
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body).toEqual(first.body);
  expect(await service.stored()).toHaveLength(3);
});

test("the same content twice at once becomes one photo", async () => {
  const service = await createPhotoServer();
  const bytes = await quarters().jpeg().toBuffer();
  const replies = await Promise.all([upload(service, bytes), upload(service, bytes), upload(service, bytes)]);
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(2);
  expect(new Set(replies.map(({ body }) => body["id"])).size).toBe(1);
  expect(await service.stored()).toHaveLength(3);
});

test("two people's same content are two photos", async () => {
  const service = await createPhotoServer();
  const bytes = await quarters().jpeg().toBuffer();
  const first = await upload(service, bytes);
  const other = {
    ...service,
    headers: await service.headersOf({ sub: "accounts.google.com:2", email: "b@example.com" }),
  };
  const second = await upload(other, bytes);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(first.body["id"]).not.toBe(second.body["id"]);
});

const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>`;

test("what cannot be a photo is refused with its reason, and nothing is left", async () => {
  const service = await createPhotoServer();
  const jpeg = await grain(400, 300).jpeg().toBuffer();
  const bomb = await sharp({ create: { width: 14_000, height: 14_000, channels: 3, background: "#000" } })
    .png()
    .toBuffer();
  const cases: readonly (readonly [string, Uint8Array | string, number, string, RegExp])[] = [
    ["not an image", "only text", 422, "unreadable-picture", /no picture that is known/],
    ["nothing", "", 422, "unreadable-picture", /empty/],
    ["truncated", jpeg.subarray(0, jpeg.length / 2), 422, "unreadable-picture", /cut off on its way/],
    ["a bomb", bomb, 422, "too-many-pixels", /14000 × 14000 = 196000000 pixels/],
    ["an SVG", svg, 415, "unsupported-picture", /^Not taken in: SVG drawing/],
    ["too large", Buffer.alloc(30 * 1024 * 1024 + 1), 413, "file-too-large", /30 MiB.*\/v1\/uploads/],
  ];
  for (const [name, content, status, code, detail] of cases) {
    const { reply, ...answer } = await upload(service, content);
    expect({ name, ...answer }).toMatchObject({ name, status, body: { status, code } });
    expect(answer.body["detail"]).toMatch(detail);
    expect(reply.headers["content-type"]).toBe("application/problem+json");
  }
  expect(await service.stored()).toEqual([]);
  expect(await service.recorded()).toBe(0);
  expect(service.waiting()).toEqual([]);
});

test("exactly thirty MiB are not too large for the simple way", async () => {
  const service = await createPhotoServer();
  const jpeg = await quarters().jpeg().toBuffer();
  const bytes = Buffer.concat([jpeg, Buffer.alloc(30 * 1024 * 1024 - jpeg.length)]);
  expect((await upload(service, bytes)).status).toBe(201);
});

test("a file's name is data and never a path", async () => {
  const service = await createPhotoServer();
  const names: readonly (readonly [string, string])[] = [
    ["../../x.jpg", "x.jpg"],
    ["C:\\\\photos\\\\y.jpg", "y.jpg"],
    ["..", "photo"],
    ["a\u202egpj.exe", "agpj.exe"],
    ["Kaffee ☕ & Tee.jpg", "Kaffee ☕ & Tee.jpg"],
  ];
  for (const [index, [received, kept]] of names.entries()) {
    const { status, body } = await upload(
      service,
      await quarters(60, 40 + index)
        .jpeg()
        .toBuffer(),
      received,
    );
    expect([status, body["filename"]]).toEqual([201, kept]);
    expect(body["storage_path"]).toBe(`photos/${String(body["user_id"])}/${String(body["id"])}.jpg`);
  }
});

test("a form's title is normalised where it is recorded, so that the request stays the one of earlier releases", async () => {
  const service = await createPhotoServer();
  const execute = vi.spyOn(service.catalog, "execute");
  const jpeg = await quarters().jpeg().toBuffer();
  const title = { name: "title", content: " Cafe\u0301\t\tau lait " };
  expect((await upload(service, jpeg, "a.jpg", [title])).body["title"]).toBe("Caf\u00e9 au lait");
  const added = execute.mock.calls.map(([, command]) => command).filter(({ kind }) => kind === "add-photo");
  expect(added).toMatchObject([{ photo: { title: "Cafe\u0301 au lait" } }]);
});

test("a form without a file, with two files or with unknown fields is refused and leaves nothing", async () => {
  const service = await createPhotoServer();
  const jpeg = await quarters().jpeg().toBuffer();
  const file = { name: "file", filename: "a.jpg", content: jpeg };
  const cases = [
    [[{ name: "title", content: "x" }], 400, "file-missing"],
    [[file, { ...file, filename: "b.jpg" }], 400, "request-invalid"],
    [[file, { name: "album", content: "x" }], 400, "request-invalid"],
    [[file, { name: "private", content: "yes" }], 400, "request-invalid"],
    [[file, { name: "title", content: "x".repeat(201) }], 400, "request-invalid"],
    // Two characters each once they are normalised, as they are recorded.
    [[file, { name: "title", content: "\u0958".repeat(101) }], 400, "request-invalid"],
  ] as const;
  for (const [parts, status, code] of cases) {
    const form = formOf(...parts);
    const reply = await service.server.inject({
      method: "POST",
      url: "/v1/photos",
      headers: { ...service.headers, ...form.headers },
      payload: form.payload,
    });
    expect(reply.json()).toMatchObject({ status, code });
  }
  const json = await service.server.inject({
    method: "POST",
    url: "/v1/photos",
    headers: service.headers,
    payload: {},
  });
  expect(json.statusCode).toBe(415);
  expect(await service.stored()).toEqual([]);
  expect(service.waiting()).toEqual([]);
});

test("an Idempotency-Key that cannot be one is refused", async () => {
  const service = await createPhotoServer();
  const { status } = await upload(service, await quarters().jpeg().toBuffer(), "a.jpg", [], {
    "idempotency-key": "with spaces in it",
  });
  expect(status).toBe(400);
});

test("an inbox without room says when to come back", async () => {
  const service = await createPhotoServer({ roomBytes: 100 });
  const { reply, body } = await upload(service, await quarters().jpeg().toBuffer());
  expect([reply.statusCode, reply.headers["retry-after"]]).toEqual([503, "5"]);
  expect(body["code"]).toBe("inbox-full");
});
