import { crc32, deflateSync } from "node:zlib";
import { operationSeconds, sharp } from "./bounded-sharp.ts";
import type { Pixels } from "./pixels.ts";

/**
 * Shrinks pixels and turns them from the colours of an ICC profile into sRGB. libvips takes a profile only from a
 * file, so the pixels go through a PNG that is not compressed.
 */
export async function shrinkToSrgb(
  pixels: Pixels,
  profile: Uint8Array | undefined,
  mostPixelsASide: number,
): Promise<Pixels> {
  const { data, width, height, channels } = pixels;
  const shrunk = sharp(data, { raw: { width, height, channels } })
    .timeout({ seconds: operationSeconds })
    .resize({ width: mostPixelsASide, height: mostPixelsASide, fit: "inside", withoutEnlargement: true });
  const result =
    profile === undefined
      ? await shrunk.raw().toBuffer({ resolveWithObject: true })
      : await sharp(withProfile(await shrunk.png({ compressionLevel: 0 }).toBuffer(), profile))
          .toColourspace("srgb")
          .timeout({ seconds: operationSeconds })
          .raw()
          .toBuffer({ resolveWithObject: true });
  return { data: result.data, width: result.info.width, height: result.info.height, channels };
}

/** Signature and IHDR, after which the profile's chunk may stand. */
const headBytes = 8 + 25;

function withProfile(png: Buffer, profile: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from("iCCPprofile\0\0", "latin1"), deflateSync(profile, { level: 1 })]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length - 4);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, headBytes), length, body, checksum, png.subarray(headBytes)]);
}
