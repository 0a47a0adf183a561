import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { createPictures } from "../../app/pictures/pictures.ts";

/** A folder of the running test; gone with it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "imgstream-pictures-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = join(temporaryFolder(), randomUUID());
  await writeFile(path, bytes);
  return path;
}

/** Four quarters of red, green, blue and white, so that every turning and mirroring shows. */
export function quarters(width = 60, height = 40, channels: 3 | 4 = 3) {
  const colours = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
  ];
  const data = Buffer.alloc(width * height * channels, 255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const quarter = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
      const [red = 0, green = 0, blue = 0] = colours[quarter] ?? [];
      data.set([red, green, blue], (y * width + x) * channels);
    }
  }
  return sharp(data, { raw: { width, height, channels } });
}

/** Grain at several scales, so that it takes room and time as a photo does. */
export function grain(width: number, height: number) {
  const data = Buffer.alloc(width * height * 3);
  let state = 1;
  for (let index = 0; index < data.length; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
    const y = Math.floor(index / (width * 3));
    data[index] = 96 + ((y >> 3) & 63) + ((index >> 5) & 31) + ((state >> 16) & 31);
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

export async function pixelAt(bytes: Uint8Array, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const start = (y * info.width + x) * info.channels;
  return [...data.subarray(start, start + info.channels)];
}

const largerFolder = join(import.meta.dirname, "../../../shared/photos");

/** Real photos with `expected.json`, which says what ExifTool reads from each. */
export const photosFolder = existsSync(join(largerFolder, "expected.json"))
  ? largerFolder
  : join(import.meta.dirname, "fixtures/photos");

export interface ExpectedOfPhoto {
  readonly FileType: string;
  readonly DateTimeOriginal?: string;
  readonly OffsetTimeOriginal?: string;
  readonly GPSLatitude?: number;
  readonly GPSLongitude?: number;
  readonly Make?: string;
  readonly Model?: string;
  readonly LensModel?: string;
  readonly ExposureTime?: number;
  readonly FNumber?: number;
  readonly FocalLength?: number;
  readonly ISO?: number;
  readonly ImageWidth: number;
  readonly ImageHeight: number;
  readonly Orientation?: number;
}

export function expectedOfPhotos(): Readonly<Record<string, ExpectedOfPhoto>> {
  return JSON.parse(readFileSync(join(photosFolder, "expected.json"), "utf8"));
}

const pictures = createPictures();

/** What is in a picture's file and what is made of it, as a process without a decoder for HEIC sees it. */
export async function readPicture(path: string) {
  const picture = await pictures.inspect(path);
  return { ...picture, ...(await pictures.derive(path, picture)) };
}
