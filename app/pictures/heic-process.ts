import { readFile } from "node:fs/promises";
import { pixelLimit } from "./pixel-limit.ts";

/**
 * The program of the child process that decodes one HEIC: libheif compiled to WebAssembly, no native code, no
 * network, nothing written but its answer. It needs half a gigabyte for 48 megapixels and gives it back by ending.
 *
 * Writes to standard output: width, height and channels (32 bits each, little-endian), then the pixels. What goes
 * wrong is one line on standard error and exit code 1.
 */
export async function runHeicProcess(path: string): Promise<void> {
  try {
    const pixels = await decodePrimary(await readFile(path));
    const header = Buffer.alloc(12);
    header.writeUInt32LE(pixels.width, 0);
    header.writeUInt32LE(pixels.height, 4);
    header.writeUInt32LE(pixels.channels, 8);
    process.stdout.write(header);
    process.stdout.write(pixels.data);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

interface Rgb {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

async function decodePrimary(file: Uint8Array): Promise<Rgb> {
  const { default: module } = await import("libheif-js/wasm-bundle.js");
  const libheif = typeof module === "function" ? await module() : module;
  const images = new libheif.HeifDecoder().decode(file);
  const image = images.find((candidate) => candidate.is_primary()) ?? images[0];
  if (image === undefined) throw new Error("there is no picture in the file");
  const width = image.get_width();
  const height = image.get_height();
  if (!(width > 0 && height > 0 && width * height <= pixelLimit)) {
    throw new Error(`the picture says that it has ${width} × ${height} pixels`);
  }
  const rgba = await new Promise<Uint8ClampedArray>((resolve, reject) => {
    image.display({ data: new Uint8ClampedArray(width * height * 4), width, height }, (result) => {
      if (result === null) reject(new Error("the picture's data cannot be decoded"));
      else resolve(result.data);
    });
  });
  return shrinkByWhole(rgba, width, height, isOpaque(rgba) ? 3 : 4);
}

/** As long a side as the parent's better filter needs to work from: twice what it makes. */
const enoughPixelsASide = 3200;

/** Averages whole squares of pixels, so that large pictures pass through the pipe quickly. */
function shrinkByWhole(rgba: Uint8ClampedArray, width: number, height: number, channels: 3 | 4): Rgb {
  const side = Math.max(1, Math.floor(Math.max(width, height) / enoughPixelsASide));
  const toWidth = Math.max(1, Math.floor(width / side));
  const toHeight = Math.max(1, Math.floor(height / side));
  const stepX = Math.min(side, width);
  const stepY = Math.min(side, height);
  const data = new Uint8Array(toWidth * toHeight * channels);
  let to = 0;
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let row = 0; row < stepY; row++) {
          let from = ((y * side + row) * width + x * side) * 4 + channel;
          for (let column = 0; column < stepX; column++, from += 4) sum += rgba[from] ?? 0;
        }
        data[to++] = Math.round(sum / (stepX * stepY));
      }
    }
  }
  return { data, width: toWidth, height: toHeight, channels };
}

function isOpaque(rgba: Uint8ClampedArray): boolean {
  for (let index = 3; index < rgba.length; index += 4) if (rgba[index] !== 255) return false;
  return true;
}
