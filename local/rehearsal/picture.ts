import { randomBytes, randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";

const [width, height] = [960, 720];

function ridge(base: number): string {
  return Array.from({ length: 9 }, (_, step) => `${step * 120},${base - randomInt(140)}`).join(" ");
}

/** Hills below a sky, 960 × 720 pixels, JPEG: other colours and shapes each time, so that nobody has it yet. */
export async function makePicture(): Promise<Buffer> {
  const hue = randomInt(360);
  const hill = (base: number, lightness: number): string =>
    `<polygon fill="hsl(${(hue + 120) % 360} 35% ${lightness}%)" points="0,${height} ${ridge(base)} ${width},${height}"/>`;
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <linearGradient id="sky" x2="0" y2="1"><stop stop-color="hsl(${hue} 60% 55%)"/><stop offset="1" stop-color="hsl(${(hue + 40) % 360} 70% 88%)"/></linearGradient>
    <rect width="${width}" height="${height}" fill="url(#sky)"/><circle cx="${randomInt(width)}" cy="180" r="60" fill="#fff" opacity="0.8"/>
    ${hill(480, 50)}${hill(590, 36)}${hill(690, 22)}</svg>`;
  return sharp(Buffer.from(drawing)).jpeg({ quality: 88 }).toBuffer();
}

/** The same picture in other bytes, as nobody has it yet: with a comment behind the start of the image. */
export function withOtherBytes(jpeg: Buffer): Buffer {
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 18]), randomBytes(16)]);
  return Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]);
}

/** A JPEG of grain, more than half a MiB: it takes several parts to send. */
export function makeLargePicture(): Promise<Buffer> {
  const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
  return sharp({ create: { width: 1200, height: 900, channels: 3, background: "#888888", noise } })
    .jpeg({ quality: 95 })
    .toBuffer();
}

/** A small HEIC, other bytes each time: a box that every reader skips ends it (ISO 14496-12, `free`). */
export async function makeHeic(): Promise<Buffer> {
  const photo = await readFile(join(import.meta.dirname, "photo.heic"));
  const box = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("free"), randomBytes(16)]);
  return Buffer.concat([photo, box]);
}
