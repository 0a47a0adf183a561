import type { Metadata } from "sharp";
import { sharp } from "./bounded-sharp.ts";
import { TooManyPixelsError, UnsupportedPictureError } from "./errors.ts";
import { isCompleteIsoFile } from "./iso-boxes.ts";
import type { PictureFormat } from "./picture-format.ts";
import { pixelLimit } from "./pixel-limit.ts";
import { cutOff, unreadable } from "./unreadable.ts";

/** What a picture's file says about itself before any pixel is decoded. */
export interface PictureHeader {
  readonly format: PictureFormat;
  /** As shown: after turning. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation, 1 to 8; 1 where the format turns by itself, as HEIC does. */
  readonly orientation: number;
  readonly exif: Uint8Array | undefined;
  readonly xmp: string | undefined;
  readonly iptc: Uint8Array | undefined;
  readonly colourProfile: Uint8Array | undefined;
  /** About how much memory decoding takes at its peak. */
  readonly decodeBytes: number;
}

/**
 * @throws TooManyPixelsError, UnreadablePictureError
 * @throws UnsupportedPictureError for a HEIF file whose pictures are neither HEVC nor AV1
 */
export async function readHeader(path: string, format: PictureFormat): Promise<PictureHeader> {
  let metadata: Metadata;
  try {
    // The limit is checked below, where the reply can say how many pixels there are; nothing is decoded here.
    metadata = await sharp(path, { failOn: "truncated", limitInputPixels: false }).metadata();
  } catch (error) {
    throw unreadable(format, error);
  }
  if (format === "heic" && metadata.compression !== "hevc") {
    throw new UnsupportedPictureError(
      "HEIF photo",
      "Its codec is neither HEVC nor AV1. Send a JPEG instead.",
    );
  }
  if ((format === "heic" || format === "avif") && !(await isCompleteIsoFile(path))) {
    throw cutOff(format, new Error("its boxes do not end with the file"));
  }
  const { width, height } = metadata.autoOrient;
  if (width * height > pixelLimit) throw new TooManyPixelsError(width, height, pixelLimit);
  const orientation = metadata.orientation ?? 1;
  return {
    format,
    width,
    height,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    exif: metadata.exif,
    xmp: metadata.xmpAsString,
    iptc: metadata.iptc,
    colourProfile: metadata.icc,
    decodeBytes: estimateBytes(format, metadata),
  };
}

/**
 * Baseline JPEG and PNG are decoded row by row; everything else as a whole, JPEG's coefficients at 16 bits each.
 * Bytes a pixel are measured at 100 megapixels, each with what its library copies on the way; HEVC through WebAssembly,
 * with what its process takes besides.
 */
function estimateBytes(format: PictureFormat, { width, height, isProgressive, depth }: Metadata): number {
  const pixels = width * height;
  const channelBytes = depth === "ushort" ? 2 : 1;
  const isByRows = (format === "jpeg" || format === "png") && !isProgressive;
  if (isByRows) return width * 4 * channelBytes * 512;
  const perPixel = { jpeg: 6, png: 5 * channelBytes, gif: 6, webp: 6, avif: 20 * channelBytes, heic: 9 };
  return pixels * perPixel[format] + (format === "heic" ? heicProcessBytes : 0);
}

const heicProcessBytes = 128 * 2 ** 20;
