import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { DecoderEndedError, TooManyPixelsError, UnreadablePictureError } from "../../app/pictures/errors.ts";
import { createHeicDecoder } from "../../app/pictures/heic-decoder.ts";
import { createPictures } from "../../app/pictures/pictures.ts";
import { fileOf, photosFolder, pixelAt } from "./sample-pictures.ts";

const program = join(import.meta.dirname, "../../app/main.ts");
const fixtures = join(import.meta.dirname, "fixtures");
const pictures = createPictures({ heic: createHeicDecoder({ program }), decodeBytes: Infinity });

async function read(path: string) {
  const picture = await pictures.inspect(path);
  return { ...picture, ...(await pictures.derive(path, picture)) };
}

/** Where each quarter of a preview shows its colour. */
async function quartersOf(preview: Uint8Array): Promise<number[][]> {
  const { width, height } = await sharp(preview).metadata();
  const at = (x: number, y: number) => pixelAt(preview, Math.floor(width * x), Math.floor(height * y));
  return [await at(0.25, 0.25), await at(0.75, 0.25), await at(0.25, 0.75), await at(0.75, 0.75)];
}

const upright = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
];

function expectNear(actual: readonly number[][], expected: readonly number[][], tolerance: number): void {
  const differences = actual.flatMap((pixel, index) =>
    pixel.slice(0, 3).map((value, channel) => Math.abs(value - (expected[index]?.[channel] ?? -999))),
  );
  expect(Math.max(...differences)).toBeLessThanOrEqual(tolerance);
}

test("a HEIC is turned by its rotation box and not again by its EXIF", async () => {
  const picture = await read(join(fixtures, "turned.heic"));
  expect(picture).toMatchObject({
    format: "heic",
    width: 480,
    height: 320,
    orientation: 1,
    capture: { takenAt: "2022-02-16T12:55:41", takenOffsetMinutes: 60, camera: "Apple iPhone 13" },
  });
  expectNear(await quartersOf(picture.derivatives.preview), upright, 25);
  expect(await sharp(picture.derivatives.thumbnail).metadata()).toMatchObject({ width: 400, height: 267 });
});

test("the colours of Display P3 become sRGB", async () => {
  const { derivatives } = await read(join(fixtures, "display-p3.heic"));
  expectNear(await quartersOf(derivatives.preview), upright, 25);
  expect((await sharp(derivatives.preview).metadata()).hasProfile).toBe(false);
});

test("what is transparent stays so in the thumbnail", async () => {
  const { derivatives } = await read(join(fixtures, "alpha.heic"));
  expect((await sharp(derivatives.thumbnail).metadata()).hasAlpha).toBe(true);
});

test.each([
  ["24-megapixels.heic", 5712, 4284],
  ["48-megapixels.heic", 8064, 6048],
])("%s is made small", async (name, width, height) => {
  const picture = await read(join(fixtures, name));
  expect(picture).toMatchObject({ width, height });
  expect(await sharp(picture.derivatives.preview).metadata()).toMatchObject({ width: 1600, height: 1200 });
  expectNear(await quartersOf(picture.derivatives.preview), upright, 25);
});

test("a process without a decoder for HEIC reads what the file says and leaves the rest", async () => {
  const web = createPictures();
  const picture = await web.inspect(join(fixtures, "turned.heic"));
  expect(picture).toMatchObject({ format: "heic", width: 480, height: 320 });
  expect(web.canDerive(picture)).toBe(false);
  await expect(web.derive(join(fixtures, "turned.heic"), picture)).rejects.toThrow(TypeError);
});

test("a HEIC of more pixels than are decoded is refused by what it says of itself", async () => {
  const bytes = await readFile(join(fixtures, "48-megapixels.heic"));
  const size = Buffer.alloc(8);
  size.writeUInt32BE(8064, 0);
  size.writeUInt32BE(6048, 4);
  const bomb = Buffer.alloc(8);
  bomb.writeUInt32BE(30_000, 0);
  bomb.writeUInt32BE(30_000, 4);
  for (let at = bytes.indexOf(size); at !== -1; at = bytes.indexOf(size, at + 1)) bytes.set(bomb, at);
  await expect(pictures.inspect(await fileOf(bytes))).rejects.toThrow(TooManyPixelsError);
});

test("a HEIC that was cut off or damaged is refused, and the process that tried it ends", async () => {
  const bytes = await readFile(join(fixtures, "turned.heic"));
  for (const part of [0.5, 0.9, 0.98]) {
    const path = await fileOf(bytes.subarray(0, Math.floor(bytes.length * part)));
    await expect(read(path)).rejects.toThrow(UnreadablePictureError);
  }
  const picture = await pictures.inspect(join(fixtures, "turned.heic"));
  const decoderSettings = bytes.indexOf("hvcC") + 4;
  const damaged = await fileOf(Buffer.from(bytes).fill(0xa5, decoderSettings, decoderSettings + 60));
  await expect(pictures.derive(damaged, picture)).rejects.toThrow(/HEIC file cannot be read/);
});

test("a decoder that takes too long or too much is ended", async () => {
  const slow = createHeicDecoder({ program, seconds: 0.05 });
  await expect(slow.decode(join(fixtures, "24-megapixels.heic"))).rejects.toThrow(/longer than 0.05 seconds/);
  const greedy = createHeicDecoder({ program, memoryBytes: 150 * 2 ** 20 });
  await expect(greedy.decode(join(fixtures, "48-megapixels.heic"))).rejects.toThrow(/too much memory/);
});

describe.skipIf(!existsSync(join(photosFolder, "phones")))(
  `the HEIC files of ${photosFolder} (put the larger folder of photos beside the repository to run this)`,
  () => {
    test.each([
      ["phones/IMG_5195.HEIC", 2566, 3313, "2021-04-11T15:47:53", -300, "Apple iPhone 11 Pro Max"],
      ["phones/iphone_13_pro_max.HEIC", 3024, 4032, "2022-02-16T12:55:41", 60, "Apple iPhone 13 Pro Max"],
    ])(
      "%s is read as ExifTool reads it",
      async (name, width, height, takenAt, takenOffsetMinutes, camera) => {
        const picture = await read(join(photosFolder, name));
        expect(picture).toMatchObject({ width, height, capture: { takenAt, takenOffsetMinutes, camera } });
        const preview = await sharp(picture.derivatives.preview).metadata();
        expect(Math.abs(preview.width / preview.height - width / height)).toBeLessThan(0.01);
      },
    );
  },
);

test("a decoder that another ended says nothing of the file; one that crashed does", async () => {
  const ending = createHeicDecoder({ program: join(import.meta.dirname, "ending-decoder.ts") });
  for (const signal of ["SIGKILL", "SIGTERM", "SIGHUP"]) {
    await expect(ending.decode(signal)).rejects.toThrow(`ended by ${signal}; it is tried again`);
    await expect(ending.decode(signal)).rejects.toBeInstanceOf(DecoderEndedError);
  }
  for (const signal of ["SIGSEGV", "SIGABRT", "SIGILL"]) {
    await expect(ending.decode(signal)).rejects.toBeInstanceOf(UnreadablePictureError);
  }
});
