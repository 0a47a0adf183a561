import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { TooManyPixelsError, UnreadablePictureError } from "../../app/pictures/errors.ts";
import { fileOf, grain, pixelAt, quarters, readPicture } from "./sample-pictures.ts";

async function read(bytes: Uint8Array) {
  return readPicture(await fileOf(bytes));
}

test("a large photo gives a preview of 1600, a thumbnail of 400 and a ThumbHash", async () => {
  const picture = await read(await grain(2400, 1800).jpeg().toBuffer());
  expect(picture).toMatchObject({ format: "jpeg", width: 2400, height: 1800, orientation: 1, warning: null });
  const preview = await sharp(picture.derivatives.preview).metadata();
  expect(preview).toMatchObject({ format: "jpeg", width: 1600, height: 1200 });
  const thumbnail = await sharp(picture.derivatives.thumbnail).metadata();
  expect(thumbnail).toMatchObject({ format: "webp", width: 400, height: 300 });
  expect(Buffer.from(picture.derivatives.thumbhash, "base64").length).toBeGreaterThan(10);
});

test.each(["jpeg", "png", "webp", "avif", "gif"] as const)("a small %s is never enlarged", async (format) => {
  const picture = await read(await quarters(60, 40).toFormat(format).toBuffer());
  expect(picture).toMatchObject({ format, width: 60, height: 40 });
  for (const derivative of [picture.derivatives.preview, picture.derivatives.thumbnail]) {
    expect(await sharp(derivative).metadata()).toMatchObject({ width: 60, height: 40 });
    expect(near(await pixelAt(derivative, 5, 5), [255, 0, 0])).toBe(true);
    expect(near(await pixelAt(derivative, 55, 35), [255, 255, 255])).toBe(true);
  }
});

test("all eight orientations come out the same way up", async () => {
  // What each orientation's camera stored, made by undoing the turn that its number asks for.
  const stored = {
    1: quarters(),
    2: quarters().flop(),
    3: quarters().rotate(180),
    4: quarters().flip(),
    5: sharp(await quarters().rotate(90).png().toBuffer()).flop(),
    6: quarters().rotate(270),
    7: sharp(await quarters().rotate(270).png().toBuffer()).flop(),
    8: quarters().rotate(90),
  };
  for (const [orientation, image] of Object.entries(stored)) {
    const bytes = await image
      .withMetadata({ orientation: Number(orientation) })
      .jpeg({ quality: 95 })
      .toBuffer();
    const picture = await read(bytes);
    expect(picture).toMatchObject({ width: 60, height: 40, orientation: Number(orientation) });
    for (const derivative of [picture.derivatives.preview, picture.derivatives.thumbnail]) {
      expect(await sharp(derivative).metadata()).toMatchObject({ width: 60, height: 40 });
      expect((await sharp(derivative).metadata()).orientation).toBeUndefined();
      expect(near(await pixelAt(derivative, 10, 8), [255, 0, 0])).toBe(true);
      expect(near(await pixelAt(derivative, 50, 8), [0, 255, 0])).toBe(true);
      expect(near(await pixelAt(derivative, 10, 32), [0, 0, 255])).toBe(true);
      expect(near(await pixelAt(derivative, 50, 32), [255, 255, 255])).toBe(true);
    }
  }
});

test("no derivative carries anything of the original's metadata", async () => {
  const bytes = await grain(800, 600)
    .withExif({
      IFD0: { Make: "Secret", Copyright: "Secret" },
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 1/1 30/1" },
    })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><title>Secret</title></x:xmpmeta>`)
    .withIccProfile("p3")
    .jpeg()
    .toBuffer();
  expect((await sharp(bytes).metadata()).exif).toBeDefined();
  const { derivatives } = await read(bytes);
  for (const derivative of [derivatives.preview, derivatives.thumbnail]) {
    const metadata = await sharp(derivative).metadata();
    expect([metadata.exif, metadata.xmp, metadata.iptc, metadata.icc]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(Buffer.from(derivative).includes("Secret")).toBe(false);
  }
});

test("colours survive from Display P3, CMYK, 16 bits and grey", async () => {
  const p3 = await quarters().withIccProfile("p3").png().toBuffer();
  const cmyk = await quarters()
    .toColourspace("cmyk")
    .withIccProfile("cmyk")
    .jpeg({ quality: 100 })
    .toBuffer();
  const deep = await quarters().toColourspace("rgb16").png().toBuffer();
  const grey = await quarters().greyscale().toColourspace("b-w").png().toBuffer();
  expect((await sharp(p3).metadata()).hasProfile).toBe(true);
  expect((await sharp(cmyk).metadata()).space).toBe("cmyk");
  expect((await sharp(deep).metadata()).depth).toBe("ushort");
  expect((await sharp(grey).metadata()).channels).toBe(1);
  for (const bytes of [p3, deep]) {
    const { derivatives } = await read(bytes);
    expect(near(await pixelAt(derivatives.preview, 5, 5), [255, 0, 0])).toBe(true);
    expect(near(await pixelAt(derivatives.thumbnail, 5, 35), [0, 0, 255])).toBe(true);
  }
  // Print's red is duller than the screen's, but red.
  const [red = 0, green = 255, blue = 255] = await pixelAt((await read(cmyk)).derivatives.preview, 5, 5);
  expect(red > 200 && green < 70 && blue < 70).toBe(true);
  const [first = 0, second = 1, third = 2] = await pixelAt((await read(grey)).derivatives.preview, 5, 5);
  expect(Math.max(first, second, third) - Math.min(first, second, third)).toBeLessThan(4);
});

test("what is transparent stays so in the thumbnail and is white in the preview", async () => {
  const bytes = await sharp({
    create: { width: 900, height: 600, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } },
  })
    .png()
    .toBuffer();
  const { derivatives } = await read(bytes);
  const thumbnail = await pixelAt(derivatives.thumbnail, 100, 100);
  expect(near(thumbnail.slice(0, 3), [255, 0, 0])).toBe(true);
  expect(Math.abs((thumbnail[3] ?? 0) - 128)).toBeLessThan(3);
  expect(near(await pixelAt(derivatives.preview, 100, 100), [255, 127, 127])).toBe(true);
});

function frame(background: string): Promise<Buffer> {
  return sharp({ create: { width: 50, height: 30, channels: 3, background } })
    .png()
    .toBuffer();
}

test.each(["gif", "webp"] as const)("an animated %s gives its first frame", async (format) => {
  const bytes = await sharp([await frame("#ff0000"), await frame("#0000ff")], { join: { animated: true } })
    .toFormat(format)
    .toBuffer();
  expect((await sharp(bytes).metadata()).pages).toBe(2);
  const picture = await read(bytes);
  expect(picture).toMatchObject({ format, width: 50, height: 30 });
  expect(near(await pixelAt(picture.derivatives.preview, 25, 15), [255, 0, 0])).toBe(true);
});

test("a picture that is thousands of times as wide as high keeps at least one row", async () => {
  const bytes = await sharp({ create: { width: 12_000, height: 2, channels: 3, background: "#888" } })
    .png()
    .toBuffer();
  const { derivatives } = await read(bytes);
  expect(await sharp(derivatives.thumbnail).metadata()).toMatchObject({ width: 400, height: 1 });
});

test.each(["jpeg", "png"] as const)(
  "a %s of 14000 × 14000 is refused before anything is decoded",
  async (format) => {
    const side = 14_000;
    const bytes = await sharp({ create: { width: side, height: side, channels: 3, background: "#000" } })
      .toFormat(format)
      .toBuffer();
    const refusal = await read(bytes).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(TooManyPixelsError);
    expect(refusal).toMatchObject({ code: "too-many-pixels", width: side, height: side, limit: 100_000_000 });
  },
  120_000,
);

test.each(["jpeg", "png", "webp", "avif", "gif"] as const)(
  "a %s that was cut off is refused",
  async (format) => {
    const bytes = await grain(400, 300).toFormat(format).toBuffer();
    for (const part of [0.3, 0.6, 0.9]) {
      await expect(read(bytes.subarray(0, Math.floor(bytes.length * part)))).rejects.toThrow(
        UnreadablePictureError,
      );
    }
  },
);

test("a JPEG that is whole but damaged inside is kept, with the decoder's warning", async () => {
  const bytes = await grain(640, 480).jpeg().toBuffer();
  const scan = bytes.indexOf(Buffer.from([0xff, 0xda]));
  // A marker that has no business there: the decoder stops at it, and other viewers show what came before.
  const damaged = Buffer.from(bytes).fill(Buffer.from([0xff, 0xe5, 0, 0]), scan + 3000, scan + 3004);
  const picture = await read(damaged);
  expect(picture).toMatchObject({ format: "jpeg", width: 640, height: 480 });
  expect(picture.warning).toMatch(/corrupt/i);
});

test("a JPEG that is damaged and cut off is refused", async () => {
  const bytes = await grain(640, 480).jpeg().toBuffer();
  const scan = bytes.indexOf(Buffer.from([0xff, 0xda]));
  const damaged = Buffer.from(bytes.subarray(0, -400)).fill(
    Buffer.from([0xff, 0xe5, 0, 0]),
    scan + 3000,
    scan + 3004,
  );
  await expect(read(damaged)).rejects.toThrow(UnreadablePictureError);
});

test("what is blocked stays blocked, whatever asks for it", async () => {
  const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`);
  await expect(sharp(svg).png().toBuffer()).rejects.toThrow(/unsupported image format/);
  const tiff = await quarters().tiff().toBuffer();
  await expect(sharp(tiff).png().toBuffer()).rejects.toThrow(/unsupported image format/);
});

test("reading leaves nothing beside the file", async () => {
  const path = await fileOf(await quarters().jpeg().toBuffer());
  await readPicture(path);
  expect(await readdir(dirname(path))).toHaveLength(1);
});

function near(actual: readonly number[], expected: readonly number[], tolerance = 12): boolean {
  return expected.every((value, index) => Math.abs((actual[index] ?? -999) - value) <= tolerance);
}
