import type { Metadata } from "sharp";
import { operationSeconds, pixelLimit, sharp } from "./bounded-sharp.ts";
import { PictureTooSlowError, TooManyPixelsError, UnreadablePictureError } from "./errors.ts";
import { isCompleteJpeg } from "./jpeg-markers.ts";
import type { PictureFormat } from "./picture-format.ts";

/** Pixels in memory: 8 bits a channel, sRGB, rows from the top, alpha (the fourth channel) not premultiplied. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

export interface DecodedPicture {
  /** Of the original, as shown: after turning. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation of the original, 1 to 8, already applied to `pixels`, `width` and `height`. */
  readonly orientation: number;
  /** The picture shrunk into the square of `mostPixelsASide`, right way up. Never enlarged. */
  readonly pixels: Pixels;
  readonly exif: Uint8Array | undefined;
  /** What the decoder complained of, where it shows the picture nevertheless; null for a sound one. */
  readonly warning: string | null;
}

/**
 * Decodes a picture once, no larger than needed, with bounded pixels and time. An animation gives its first frame.
 *
 * A file that ends too early is refused, for an upload was cut off. One that is whole but damaged somewhere inside
 * is decoded as far as it goes: it may be the only copy that its owner has.
 *
 * @param mostPixelsASide the square that `pixels` fit into
 * @throws TooManyPixelsError before anything is decoded
 * @throws UnreadablePictureError
 * @throws PictureTooSlowError
 */
export async function decode(
  path: string,
  format: PictureFormat,
  mostPixelsASide: number,
): Promise<DecodedPicture> {
  const metadata = await readHeader(path, format);
  const { width, height } = metadata.autoOrient;
  if (width * height > pixelLimit) throw new TooManyPixelsError(width, height, pixelLimit);
  const { pixels, warning } = await decodePixels(path, format, mostPixelsASide);
  const orientation = metadata.orientation ?? 1;
  return {
    width,
    height,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    pixels,
    exif: metadata.exif,
    warning,
  };
}

async function readHeader(path: string, format: PictureFormat): Promise<Metadata> {
  try {
    // The limit is checked by the caller, who can say how many pixels there are; nothing is decoded here.
    return await sharp(path, { failOn: "truncated", limitInputPixels: false }).metadata();
  } catch (error) {
    throw unreadable(format, error);
  }
}

async function decodePixels(path: string, format: PictureFormat, mostPixelsASide: number) {
  try {
    return { pixels: await shrink(path, mostPixelsASide, "warning"), warning: null };
  } catch (error) {
    if (isTimeout(error)) throw new PictureTooSlowError(operationSeconds, { cause: error });
    // Damage in the middle hides from the decoder that the end is missing.
    if (format === "jpeg" && !(await isCompleteJpeg(path))) throw cutOff(format, error);
    try {
      return { pixels: await shrink(path, mostPixelsASide, "truncated"), warning: messageOf(error) };
    } catch (again) {
      if (isTimeout(again)) throw new PictureTooSlowError(operationSeconds, { cause: again });
      throw unreadable(format, again);
    }
  }
}

async function shrink(
  path: string,
  mostPixelsASide: number,
  failOn: "warning" | "truncated",
): Promise<Pixels> {
  const { data, info } = await sharp(path, {
    failOn,
    limitInputPixels: pixelLimit,
    autoOrient: true,
    pages: 1,
  })
    .resize({ width: mostPixelsASide, height: mostPixelsASide, fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
    .timeout({ seconds: operationSeconds })
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3 && info.channels !== 4) throw new Error(`decoded into ${info.channels} channels`);
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** How the decoders say that a file ends too early. */
const cutOffComplaints =
  /premature end of JPEG image|truncated|unexpected end|bad seek|end of (?:file|stream)|not enough data/i;

function unreadable(format: PictureFormat, cause: unknown): UnreadablePictureError {
  if (cutOffComplaints.test(messageOf(cause))) return cutOff(format, cause);
  return new UnreadablePictureError(
    `this ${format.toUpperCase()} file cannot be read: its content is damaged beyond what can be shown`,
    { cause },
  );
}

function cutOff(format: PictureFormat, cause: unknown): UnreadablePictureError {
  return new UnreadablePictureError(
    `this ${format.toUpperCase()} file ends before its picture does: it was cut off on its way; send it again`,
    { cause },
  );
}

function isTimeout(error: unknown): boolean {
  return messageOf(error).startsWith("timeout:");
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
