import { expect, test } from "vitest";
import { readRange } from "../../app/photos/byte-range.ts";
import { attachment, readFileName } from "../../app/photos/file-name.ts";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { grain } from "../pictures/sample-pictures.ts";
import { createPhotoServer, upload } from "./photo-server.ts";

async function createServerWithPhoto(filename = "Käse 1.jpg") {
  const service = await createPhotoServer();
  const bytes = await grain(800, 600).jpeg().toBuffer();
  const { body } = await upload(service, bytes, filename);
  const get = (rendition: string, headers: Record<string, string> = {}, method: "GET" | "HEAD" = "GET") =>
    service.server.inject({
      method,
      url: `/v1/photos/${String(body["id"])}/${rendition}`,
      headers: { ...service.headers, ...headers },
    });
  return { ...service, bytes, get };
}

test("thumbnail and preview are pictures, the original is the very file as a download", async () => {
  const { bytes, get } = await createServerWithPhoto();
  const thumbnail = await get("thumbnail");
  expect(thumbnail.headers).toMatchObject({
    "content-type": "image/webp",
    "x-content-type-options": "nosniff",
  });
  expect(await sharp(thumbnail.rawPayload).metadata()).toMatchObject({ width: 400, height: 300 });
  const preview = await get("preview");
  expect(preview.headers["content-type"]).toBe("image/jpeg");
  expect(preview.headers["content-disposition"]).toBeUndefined();
  const original = await get("original");
  expect(original.rawPayload).toEqual(bytes);
  expect(original.headers).toMatchObject({
    "content-type": "image/jpeg",
    "content-length": String(bytes.length),
    "content-disposition": `attachment; filename="K_se 1.jpg"; filename*=UTF-8''K%C3%A4se%201.jpg`,
    "content-security-policy": expect.stringContaining("sandbox"),
  });
});

test("what can never change is kept for ever, what can is asked for again", async () => {
  const { get } = await createServerWithPhoto();
  const forEver = "private, max-age=31536000, immutable";
  expect((await get("original")).headers["cache-control"]).toBe(forEver);
  expect((await get("thumbnail?v=1")).headers["cache-control"]).toBe(forEver);
  expect((await get("thumbnail?v=2")).headers["cache-control"]).toBe("private, no-cache");
  const first = await get("thumbnail");
  expect(first.headers["cache-control"]).toBe("private, no-cache");
  const tag = String(first.headers.etag);
  for (const header of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
    const again = await get("thumbnail", { "if-none-match": header });
    expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0]);
  }
  expect((await get("thumbnail", { "if-none-match": `"other"` })).statusCode).toBe(200);
});

test("a part of an original can be asked for", async () => {
  const { bytes, get } = await createServerWithPhoto();
  const part = await get("original", { range: "bytes=100-199" });
  expect(part.statusCode).toBe(206);
  expect(part.headers["content-range"]).toBe(`bytes 100-199/${bytes.length}`);
  expect(part.rawPayload).toEqual(bytes.subarray(100, 200));
  const end = await get("original", { range: "bytes=-50" });
  expect(end.rawPayload).toEqual(bytes.subarray(-50));
  const beyond = await get("original", { range: `bytes=${bytes.length}-` });
  expect([beyond.statusCode, beyond.headers["content-range"]]).toEqual([416, `bytes */${bytes.length}`]);
  const stale = await get("original", { range: "bytes=0-9", "if-range": `"other"` });
  expect([stale.statusCode, stale.rawPayload.length]).toEqual([200, bytes.length]);
  const same = await get("original", { range: "bytes=0-9", "if-range": String(part.headers.etag) });
  expect(same.rawPayload).toEqual(bytes.subarray(0, 10));
});

test("HEAD tells the length and sends nothing", async () => {
  const { bytes, get } = await createServerWithPhoto();
  const reply = await get("original", {}, "HEAD");
  expect(reply.statusCode).toBe(200);
  expect(reply.headers["content-length"]).toBe(String(bytes.length));
  expect(reply.rawPayload).toHaveLength(0);
});

test("a picture whose bytes are gone from the store is not found", async () => {
  const { get, media, ...service } = await createServerWithPhoto();
  for (const name of await service.stored()) await media.delete(name);
  expect((await get("original")).statusCode).toBe(404);
});

test.each([
  [undefined, { kind: "whole" }],
  ["bytes=0-", { kind: "part", range: { first: 0, last: 99 } }],
  ["bytes=10-19", { kind: "part", range: { first: 10, last: 19 } }],
  ["bytes=90-1000", { kind: "part", range: { first: 90, last: 99 } }],
  ["bytes=-10", { kind: "part", range: { first: 90, last: 99 } }],
  ["bytes=-1000", { kind: "part", range: { first: 0, last: 99 } }],
  ["bytes=-0", { kind: "unsatisfiable" }],
  ["bytes=100-", { kind: "unsatisfiable" }],
  ["bytes=20-10", { kind: "whole" }],
  ["bytes=0-1,5-6", { kind: "whole" }],
  ["bytes=-", { kind: "whole" }],
  ["items=0-1", { kind: "whole" }],
  ["bytes=99999999999999999999-", { kind: "whole" }],
])("of 100 bytes, %s is %j", (header, expected) => {
  expect(readRange(header, 100)).toEqual(expected);
});

test.each([
  ["a.jpg", `attachment; filename="a.jpg"; filename*=UTF-8''a.jpg`],
  [`a"b\\c.jpg`, `attachment; filename="a_b_c.jpg"; filename*=UTF-8''a%22b%5Cc.jpg`],
  ["it's (1)*.jpg", `attachment; filename="it's (1)*.jpg"; filename*=UTF-8''it%27s%20%281%29%2A.jpg`],
  ["日本.jpg", `attachment; filename="__.jpg"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.jpg`],
])("%s is offered as %s", (name, expected) => {
  expect(attachment(name)).toBe(expected);
});

test("a name that is cut never ends in half a character", () => {
  expect(readFileName(`${"a".repeat(254)}😀.jpg`)).toBe("a".repeat(254));
  expect(readFileName(undefined)).toBe("photo");
  expect(readFileName("/\u0000\u001f")).toBe("photo");
});
