import { allEnded } from "../all-ended.ts";
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

/**
 * Makes all three from pixels that were decoded once, at the size of the preview. Side by side: while one goes from
 * thread to thread another is worked on.
 */
export async function derive(pixels: Pixels): Promise<Derivatives> {
  const [preview, small] = await allEnded([previewOf(pixels), smallOnes(pixels)]);
  return { preview, ...small };
}

async function previewOf(pixels: Pixels): Promise<Uint8Array> {
  return await image(pixels).flatten({ background: "#ffffff" }).jpeg({ quality: 80 }).toBuffer();
}

async function smallOnes(pixels: Pixels): Promise<Pick<Derivatives, "thumbnail" | "thumbhash">> {
  const small = await shrink(pixels, thumbnailPixelsASide);
  const [thumbnail, thumbhash] = await allEnded([
    image(small).webp({ quality: 80 }).toBuffer(),
    thumbhashOf(small),
  ]);
  release(small);
  return { thumbnail, thumbhash };
}

async function thumbhashOf(small: Pixels): Promise<string> {
  const { data, info } = await smaller(small, thumbhashPixelsASide)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString("base64");
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
