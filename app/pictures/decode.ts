import { operationSeconds, sharp } from "./bounded-sharp.ts";
import { PictureTooSlowError } from "./errors.ts";
import { isCompleteJpeg } from "./jpeg-markers.ts";
import type { PictureFormat } from "./picture-format.ts";
import { pixelLimit } from "./pixel-limit.ts";
import type { Pixels } from "./pixels.ts";
import { cutOff, messageOf, unreadable } from "./unreadable.ts";

export interface DecodedPicture {
  /** sRGB, right way up, shrunk into the square of `mostPixelsASide`, never enlarged. */
  readonly pixels: Pixels;
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
 * @throws UnreadablePictureError, PictureTooSlowError
 */
export async function decode(
  path: string,
  format: PictureFormat,
  mostPixelsASide: number,
): Promise<DecodedPicture> {
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

function isTimeout(error: unknown): boolean {
  return messageOf(error).startsWith("timeout:");
}
