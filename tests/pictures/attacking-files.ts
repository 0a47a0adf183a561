import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { grain, quarters } from "./sample-pictures.ts";

/** A file that was made to do harm, and to what end it must come within the web role's memory. */
export interface AttackingFile {
  readonly bytes: Buffer;
  readonly end: "derived" | "left to the worker" | "unreadable-picture" | "too-many-pixels";
}

const manySides = 40_000;
/** A little below the limit of pixels. */
const largeSides = 9_990;
/** A thousand times as large when it is inflated. */
const inflating = deflateSync(Buffer.alloc(128 * 2 ** 20));

export const script = "<!doctype html><script>alert(document.domain)</script>";

const refused = (bytes: Buffer): AttackingFile => ({ bytes, end: "too-many-pixels" });
const left = (bytes: Buffer): AttackingFile => ({ bytes, end: "left to the worker" });
const shown = (bytes: Buffer): AttackingFile => ({ bytes, end: "derived" });
const unreadable = (bytes: Buffer): AttackingFile => ({ bytes, end: "unreadable-picture" });

export async function attackingFiles(): Promise<Readonly<Record<string, AttackingFile>>> {
  const jpeg = await grain(320, 240).jpeg().toBuffer();
  const flat = sharp({ create: { width: 64, height: 64, channels: 3, background: "#777" } });
  const png = await flat.clone().png().toBuffer();
  const gif = await flat.clone().gif().toBuffer();
  const webp = await flat.clone().webp({ lossless: true }).toBuffer();
  const avif = await flat.clone().avif().toBuffer();
  const heic = await readFile(join(import.meta.dirname, "fixtures/turned.heic"));
  const turnedSides = [320, 480] as const;
  return {
    "PNG bomb": refused(pngOf(manySides, 8, 0)),
    "PNG of 16 bits that must be decoded as a whole": left(pngOf(largeSides, 16, 1)),
    "JPEG bomb": refused(withJpegSides(jpeg, manySides)),
    "progressive JPEG that must be decoded as a whole": left(
      withJpegSides(await grain(64, 64).jpeg({ progressive: true }).toBuffer(), largeSides),
    ),
    "progressive JPEG of two thousand passes": unreadable(await withPasses(2000)),
    "WebP bomb": refused(withWebpSides(webp, 16_383)),
    "WebP that must be decoded as a whole": left(withWebpSides(webp, largeSides)),
    "GIF bomb": refused(withGifSides(gif, manySides)),
    "GIF that must be decoded as a whole": left(withGifSides(gif, largeSides)),
    "GIF of twenty thousand frames": shown(withFrames(gif, 20_000)),
    "AVIF bomb": refused(withBoxSides(avif, [64, 64], manySides)),
    "AVIF that must be decoded as a whole": left(withBoxSides(avif, [64, 64], largeSides)),
    "HEIC bomb": refused(withBoxSides(heic, turnedSides, manySides)),
    "PNG whose text inflates": shown(
      withChunk(png, "zTXt", Buffer.concat([Buffer.from("Comment\0\0"), inflating])),
    ),
    "PNG whose XMP inflates": shown(
      withChunk(png, "iTXt", Buffer.concat([Buffer.from("XML:com.adobe.xmp\0\u0001\0\0\0"), inflating])),
    ),
    "PNG whose profile inflates": shown(
      withChunk(png, "iCCP", Buffer.concat([Buffer.from("profile\0\0"), inflating])),
    ),
    "PNG of ten thousand texts": shown(
      withChunk(
        png,
        "tEXt",
        ...Array.from({ length: 10_000 }, (_, index) => Buffer.from(`k${index}\0value`)),
      ),
    ),
    "JPEG with EXIF that points to itself": shown(withExif(jpeg, loop())),
    "JPEG with EXIF of ten thousand tags": shown(withExif(jpeg, tags(5_000, 2, 1))),
    "JPEG with EXIF tags of four thousand million values": shown(
      withExif(jpeg, tags(2_000, 12, 0xff_ff_ff_ff)),
    ),
    "JPEG of ten thousand EXIF segments": shown(
      withExif(jpeg, ...Array.from({ length: 10_000 }, () => tags(3, 2, 1))),
    ),
    "JPEG with a script behind it": shown(Buffer.concat([jpeg, Buffer.from(script)])),
    "JPEG with an archive behind it": shown(
      Buffer.concat([jpeg, Buffer.from("PK\u0003\u0004"), Buffer.alloc(999)]),
    ),
  };
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

const pngHead = 8 + 25;

/** RGBA; says a size and holds next to nothing of it. */
function pngOf(sides: number, bits: 8 | 16, interlacing: 0 | 1): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(sides, 0);
  header.writeUInt32BE(sides, 4);
  header.set([bits, 6, 0, 0, interlacing], 8);
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  const data = chunk("IDAT", deflateSync(Buffer.alloc(100_000)));
  return Buffer.concat([signature, chunk("IHDR", header), data, chunk("IEND", Buffer.alloc(0))]);
}

function withChunk(png: Buffer, type: string, ...contents: readonly Uint8Array[]): Buffer {
  const chunks = contents.map((content) => chunk(type, content));
  return Buffer.concat([png.subarray(0, pngHead), ...chunks, png.subarray(pngHead)]);
}

function withJpegSides(jpeg: Buffer, sides: number): Buffer {
  const copy = Buffer.from(jpeg);
  const frame = Math.max(copy.indexOf(Buffer.from([0xff, 0xc0])), copy.indexOf(Buffer.from([0xff, 0xc2])));
  copy.writeUInt16BE(sides, frame + 5);
  copy.writeUInt16BE(sides, frame + 7);
  return copy;
}

/** Its last scan over and over: a decoder goes through the whole picture for each. */
async function withPasses(count: number): Promise<Buffer> {
  const jpeg = await quarters(2000, 2000).jpeg({ progressive: true }).toBuffer();
  const scan = jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
  return Buffer.concat([
    jpeg.subarray(0, -2),
    ...Array.from({ length: count }, () => scan),
    jpeg.subarray(-2),
  ]);
}

/** The sides are 14 bits each behind the signature. */
function withWebpSides(webp: Buffer, sides: number): Buffer {
  const copy = Buffer.from(webp);
  const at = copy.indexOf("VP8L") + 8 + 1;
  copy.writeUInt32LE(((copy.readUInt32LE(at) & 0xf0_00_00_00) | ((sides - 1) << 14) | (sides - 1)) >>> 0, at);
  return copy;
}

/** Of the screen and of the first frame. */
function withGifSides(gif: Buffer, sides: number): Buffer {
  const copy = Buffer.from(gif);
  copy.writeUInt16LE(sides, 6);
  copy.writeUInt16LE(sides, 8);
  const frame = copy.indexOf(Buffer.from([0x2c, 0, 0, 0, 0]));
  copy.writeUInt16LE(sides, frame + 5);
  copy.writeUInt16LE(sides, frame + 7);
  return copy;
}

function withFrames(gif: Buffer, count: number): Buffer {
  const start = gif.indexOf(Buffer.from([0x2c, 0, 0, 0, 0]));
  const frame = gif.subarray(start, -1);
  return Buffer.concat([
    gif.subarray(0, -1),
    ...Array.from({ length: count }, () => frame),
    gif.subarray(-1),
  ]);
}

/** In every box that states the size (`ispe`). */
function withBoxSides(file: Buffer, [width, height]: readonly [number, number], sides: number): Buffer {
  const copy = Buffer.from(file);
  const stated = Buffer.alloc(8);
  stated.writeUInt32BE(width, 0);
  stated.writeUInt32BE(height, 4);
  const changed = Buffer.alloc(8);
  changed.writeUInt32BE(sides, 0);
  changed.writeUInt32BE(sides, 4);
  let found = 0;
  for (let at = copy.indexOf(stated); at !== -1; at = copy.indexOf(stated, at + 8), found++)
    copy.set(changed, at);
  if (found === 0) throw new Error(`the file does not say ${width} × ${height}`);
  return copy;
}

function withExif(jpeg: Buffer, ...blocks: readonly Buffer[]): Buffer {
  const segments = blocks.map((block) => {
    const head = Buffer.from([0xff, 0xe1, 0, 0]);
    head.writeUInt16BE(block.length + 2, 2);
    return Buffer.concat([head, block]);
  });
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

const exifHead = Buffer.from("Exif\0\0II*\0\u0008\0\0\0", "latin1");

function directory(
  entries: readonly (readonly [tag: number, type: number, count: number, value: number])[],
): Buffer {
  const bytes = Buffer.alloc(2 + entries.length * 12 + 4);
  bytes.writeUInt16LE(entries.length, 0);
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = 2 + index * 12;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(count, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  }
  // What follows is this directory again.
  bytes.writeUInt32LE(8, bytes.length - 4);
  return bytes;
}

/** The directories of Exif, GPS and interoperability are the one that they stand in, and so is the next. */
function loop(): Buffer {
  return Buffer.concat([exifHead, directory([0x87_69, 0x88_25, 0xa0_05].map((tag) => [tag, 4, 1, 8]))]);
}

/** A directory of so many tags, which is its own Exif directory as well. */
function tags(count: number, type: number, values: number): Buffer {
  const many = Array.from({ length: count }, (_, index) => [0x01_00 + index, type, values, 8] as const);
  return Buffer.concat([exifHead, directory([...many, [0x87_69, 4, 1, 8]])]);
}
