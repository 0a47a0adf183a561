import { expect, test } from "vitest";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { grain } from "../pictures/sample-pictures.ts";
import { createPhotoServer, upload } from "./photo-server.ts";

/** A video's first box, then bytes that a player would have to read. */
function video(): Buffer {
  const head = Buffer.from("\0\0\0\u0018ftypmp42\0\0\0\0mp42isom", "latin1");
  return Buffer.concat([head, Buffer.alloc(50_000, 7)]);
}

/** As Android's phones write it: a JPEG whose XMP says how long the video is that follows. */
async function motionPhoto(): Promise<Buffer> {
  const moving = video();
  const packet = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
    xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MotionPhoto="1"
    GCamera:MotionPhotoVersion="1" GCamera:MicroVideoOffset="${moving.length}"/></rdf:RDF></x:xmpmeta>`;
  const still = await grain(900, 600)
    .withExif({ IFD2: { DateTimeOriginal: "2023:07:01 10:00:00", OffsetTimeOriginal: "+02:00" } })
    .withXmp(packet)
    .jpeg()
    .toBuffer();
  return Buffer.concat([still, moving]);
}

test("a motion photo is its still picture, and its video stays in the original, unchanged", async () => {
  const service = await createPhotoServer();
  const bytes = await motionPhoto();
  const { status, body } = await upload(service, bytes, "PXL_1.MP.jpg");
  expect(status).toBe(201);
  expect(body).toMatchObject({
    content_type: "image/jpeg",
    size_bytes: bytes.length,
    width: 900,
    height: 600,
    taken_at: "2023-07-01T10:00:00",
    taken_offset_minutes: 120,
    metadata: { decoder_warning: null },
  });
  const ask = (part: string) =>
    service.server.inject({ url: `/v1/photos/${String(body["id"])}/${part}`, headers: service.headers });
  const original = await ask("original");
  expect(original.rawPayload).toEqual(bytes);
  // What is behind the picture must never run or play as part of a page.
  expect(original.headers["content-disposition"]).toMatch(/^attachment;/);
  expect(original.headers["x-content-type-options"]).toBe("nosniff");
  for (const part of ["preview", "thumbnail"]) {
    const { rawPayload } = await ask(part);
    expect(rawPayload.includes("ftyp")).toBe(false);
    expect((await sharp(rawPayload).metadata()).xmp).toBeUndefined();
  }
});

test("one whose still picture was cut off is refused, though its video is whole", async () => {
  const service = await createPhotoServer();
  const still = await grain(900, 600).jpeg().toBuffer();
  const bytes = Buffer.concat([still.subarray(0, still.length / 2), video()]);
  const { status, body } = await upload(service, bytes);
  expect([status, body["code"]]).toEqual([422, "unreadable-picture"]);
});
