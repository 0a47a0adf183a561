import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { createHeicDecoder } from "../../app/pictures/heic-decoder.ts";
import { createPictures } from "../../app/pictures/pictures.ts";
import { fileOf, grain, readPicture } from "./sample-pictures.ts";

/** Every hue, from dark to light and from grey to strong: 360 × 240. */
function hues() {
  const width = 360;
  const height = 240;
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const strength = y / height;
      const channel = (shift: number) =>
        Math.round(128 + 110 * strength * Math.cos(((x + shift) * Math.PI) / 180));
      data.set([channel(0), channel(120), channel(240)], (y * width + x) * 3);
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Mean difference of all pixels and channels, in levels of 255, where transparency lies on white. */
async function difference(actual: Uint8Array, expected: Uint8Array): Promise<number> {
  const [left, right] = await Promise.all(
    [actual, expected].map((bytes) =>
      sharp(bytes)
        .flatten({ background: "#fff" })
        .resize(90, 60, { fit: "fill" })
        .toColourspace("srgb")
        .raw()
        .toBuffer(),
    ),
  );
  if (left === undefined || right === undefined || left.length !== right.length)
    throw new Error(`${left?.length} bytes beside ${right?.length}`);
  return left.reduce((sum, value, index) => sum + Math.abs(value - (right[index] ?? 0)), 0) / left.length;
}

test.each([
  ["Display P3 in a JPEG", () => hues().withIccProfile("p3").jpeg({ quality: 95 }), 2],
  ["Display P3 in a PNG", () => hues().withIccProfile("p3").png(), 2],
  ["Display P3 in a WebP", () => hues().withIccProfile("p3").webp({ quality: 95 }), 2],
  ["Display P3 in an AVIF", () => hues().withIccProfile("p3").avif({ quality: 90 }), 3],
  ["16 bits in a PNG", () => hues().toColourspace("rgb16").png(), 2],
  ["a palette of 256 in a PNG", () => hues().png({ palette: true }), 5],
  ["an interlaced PNG", () => hues().png({ progressive: true }), 2],
  ["10 bits in an AVIF", () => hues().avif({ quality: 90, bitdepth: 10 }), 3],
] as const)("the colours of %s are right everywhere in the picture", async (_name, make, tolerance) => {
  const expected = await hues().png().toBuffer();
  const { derivatives } = await readPicture(await fileOf(await make().toBuffer()));
  expect(await difference(derivatives.preview, expected)).toBeLessThan(tolerance);
  expect(await difference(derivatives.thumbnail, expected)).toBeLessThan(tolerance + 1);
  // Another colour space taken for sRGB would differ by more: so the comparison tells them apart.
  const rotated = await sharp(expected).modulate({ hue: 12 }).png().toBuffer();
  expect(await difference(derivatives.preview, rotated)).toBeGreaterThan(tolerance);
});

test("print's colours become what its own profile says they are on a screen", async () => {
  const print = await hues().toColourspace("cmyk").withIccProfile("cmyk").jpeg({ quality: 98 }).toBuffer();
  const expected = await sharp(print).toColourspace("srgb").png().toBuffer();
  const { derivatives } = await readPicture(await fileOf(print));
  expect(await difference(derivatives.preview, expected)).toBeLessThan(2);
  expect((await sharp(derivatives.preview).metadata()).space).toBe("srgb");
});

test("grey stays grey, with and without transparency, at 8 and 16 bits", async () => {
  const expected = await hues().greyscale().toColourspace("srgb").png().toBuffer();
  for (const space of ["b-w", "grey16"]) {
    const grey = await hues().greyscale().toColourspace(space).png().toBuffer();
    const { derivatives } = await readPicture(await fileOf(grey));
    expect(await difference(derivatives.preview, expected)).toBeLessThan(2);
  }
  const clear = await hues().greyscale().ensureAlpha(0.5).toColourspace("b-w").png().toBuffer();
  expect((await sharp(clear).metadata()).channels).toBe(2);
  const { derivatives } = await readPicture(await fileOf(clear));
  expect(await difference(derivatives.thumbnail, clear)).toBeLessThan(3);
});

const written = {
  IFD0: { Make: "Secret", Copyright: "Secret" },
  IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 1/1 30/1" },
};
const packet = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <rdf:Description dc:title="Secret"/></rdf:RDF></x:xmpmeta>`;

async function expectNoMetadata(bytes: Uint8Array): Promise<void> {
  const { exif, xmp, iptc, icc, comments, orientation } = await sharp(bytes).metadata();
  expect({ exif, xmp, iptc, icc, comments, orientation }).toEqual({});
  expect(Buffer.from(bytes).includes("Secret")).toBe(false);
}

test.each(["jpeg", "png", "webp", "avif"] as const)(
  "nothing of a %s's metadata is in what is made of it",
  async (format) => {
    const bytes = await grain(800, 600)
      .withExif(written)
      .withXmp(packet)
      .withIccProfile("p3")
      .toFormat(format)
      .toBuffer();
    const { exif, xmp } = await sharp(bytes).metadata();
    expect([exif, xmp]).not.toContain(undefined);
    const { derivatives } = await readPicture(await fileOf(bytes));
    await expectNoMetadata(derivatives.preview);
    await expectNoMetadata(derivatives.thumbnail);
  },
);

test("nothing of a HEIC's metadata is in what is made of it", async () => {
  const program = join(import.meta.dirname, "../../app/main.ts");
  const pictures = createPictures({ heic: createHeicDecoder({ program }), decodeBytes: Infinity });
  const path = join(import.meta.dirname, "fixtures/turned.heic");
  expect((await readFile(path)).includes("Apple")).toBe(true);
  const { derivatives } = await pictures.derive(path, await pictures.inspect(path));
  for (const bytes of [derivatives.preview, derivatives.thumbnail]) {
    await expectNoMetadata(bytes);
    expect(Buffer.from(bytes).includes("Apple")).toBe(false);
  }
});
