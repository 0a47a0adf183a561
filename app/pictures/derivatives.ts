import { rgbaToThumbHash } from "thumbhash";
import { operationSeconds, sharp } from "./bounded-sharp.ts";
import { thumbnailPixelsASide } from "./derivation.ts";
import { type Pixels, release } from "./pixels.ts";

/** The largest that the ThumbHash format is defined for. */
const thumbhashPixelsASide = 100;

/** What is made of every picture: sRGB, right way up, without any metadata of the original. */
export interface Derivatives {
  /** JPEG of quality 80, at most 1600 pixels a side; what is transparent becomes white. */
  readonly preview: Uint8Array;
  /** WebP of quality 80, at most 400 pixels a side; keeps transparency. */
  readonly thumbnail: Uint8Array;
  /** Base64 of a ThumbHash: some 25 bytes that show what is to come while it loads. */
  readonly thumbhash: string;
}

/** Makes all three from pixels that were decoded once, at the size of the preview. */
export async function derive(pixels: Pixels): Promise<Derivatives> {
  const preview = await image(pixels).flatten({ background: "#ffffff" }).jpeg({ quality: 80 }).toBuffer();
  const small = await shrink(pixels, thumbnailPixelsASide);
  const thumbnail = await image(small).webp({ quality: 80 }).toBuffer();
  const tiny = await smaller(small, thumbhashPixelsASide)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  release(small);
  const hash = rgbaToThumbHash(tiny.info.width, tiny.info.height, tiny.data);
  const thumbhash = Buffer.from(hash).toString("base64");
  return { preview, thumbnail, thumbhash };
}

function image({ data, width, height, channels }: Pixels) {
  return sharp(data, { raw: { width, height, channels } }).timeout({ seconds: operationSeconds });
}

function smaller(pixels: Pixels, pixelsASide: number) {
  return image(pixels).resize({
    width: pixelsASide,
    height: pixelsASide,
    fit: "inside",
    withoutEnlargement: true,
  });
}

async function shrink(pixels: Pixels, pixelsASide: number): Promise<Pixels> {
  const { data, info } = await smaller(pixels, pixelsASide).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: pixels.channels };
}
