import { expect, it } from "vitest";
import { createPictures } from "../../app/pictures/pictures.ts";
import { type Pixels, release } from "../../app/pictures/pixels.ts";
import { fileOf, quarters } from "./sample-pictures.ts";

it("gives the memory of pixels back at once", () => {
  const pixels = pixelsOf(Buffer.alloc(400 * 300 * 3));
  release(pixels);
  expect(pixels.data.byteLength).toBe(0);
});

it("leaves pixels whose memory others may share", () => {
  const pooled = Buffer.allocUnsafe(300).fill(7);
  const beside = Buffer.allocUnsafe(300).fill(8);
  expect(beside.buffer, "Node's pool").toBe(pooled.buffer);
  release(pixelsOf(pooled));
  expect(beside.every((byte) => byte === 8) && beside.length === 300).toBe(true);
});

it("gives back what a decoder of its own has made once the derivatives are there", async () => {
  const pixels = { ...pixelsOf(Buffer.alloc(400 * 300 * 3, 128)), width: 400, height: 300 };
  const pictures = createPictures({ heic: { decode: async () => pixels } });
  const path = await fileOf(await quarters().jpeg().toBuffer());
  const picture = { ...(await pictures.inspect(path)), format: "heic" } as const;
  const { derivatives } = await pictures.derive(path, picture);
  expect(derivatives.preview.byteLength).toBeGreaterThan(0);
  expect(pixels.data.byteLength).toBe(0);
});

function pixelsOf(data: Uint8Array): Pixels {
  return { data, width: data.length / 3, height: 1, channels: 3 };
}
