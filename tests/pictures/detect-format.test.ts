import { expect, test } from "vitest";
import { detectFormat } from "../../app/pictures/detect-format.ts";
import { UnreadablePictureError, UnsupportedPictureError } from "../../app/pictures/errors.ts";
import { fileOf, quarters } from "./sample-pictures.ts";

test.each(["jpeg", "png", "webp", "avif", "gif"] as const)("%s is known by its content", async (format) => {
  const bytes = await quarters().toFormat(format).toBuffer();
  expect(await detectFormat(await fileOf(bytes))).toBe(format);
});

/** The first box of an ISO base media file. */
function fileTypeBox(major: string, ...compatible: string[]): Buffer {
  const text = `ftyp${major}\0\0\0\0${compatible.join("")}`;
  const size = Buffer.alloc(4);
  size.writeUInt32BE(text.length + 4);
  return Buffer.concat([size, Buffer.from(text, "latin1"), Buffer.alloc(64)]);
}

/** A TIFF directory of one entry: enough for what tells DNG from TIFF. */
function tiff(tag: number): Buffer {
  const file = Buffer.alloc(64);
  file.write("II*\0", "latin1");
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(1, 8);
  file.writeUInt16LE(tag, 10);
  file.writeUInt16LE(1, 12);
  file.writeUInt32LE(4, 14);
  return file;
}

const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><script>alert(1)</script></svg>`;

test.each([
  ["HEIC sequence", fileTypeBox("hevc", "hevc")],
  ["video", fileTypeBox("qt  ")],
  ["video", fileTypeBox("isom", "mp42")],
  ["video", Buffer.from("1a45dfa3874282847765626d", "hex")],
  ["Canon RAW photo", fileTypeBox("crx ")],
  ["DNG RAW photo", tiff(50_706)],
  ["Olympus RAW photo", Buffer.concat([Buffer.from("IIRO\u0008\0\0\0\u0018", "latin1"), Buffer.alloc(64)])],
  ["Fujifilm RAW photo", Buffer.concat([Buffer.from("FUJIFILMCCD-RAW 0201"), Buffer.alloc(64)])],
  ["TIFF picture", tiff(256)],
  ["PDF document", Buffer.from("%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\n")],
  ["SVG drawing", Buffer.from(svg)],
  ["SVG drawing", Buffer.from(`\u{feff}<?xml version="1.0"?>\n<!-- a --><!DOCTYPE svg>\n${svg}`)],
  ["SVG drawing", Buffer.from(`\u{feff}${svg}`, "utf16le")],
  [
    "file of type application/zip",
    Buffer.from("PK\u0003\u0004\u0014\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "latin1"),
  ],
])("a %s is refused by that name and with a reason", async (kind, bytes) => {
  const refusal = await detectFormat(await fileOf(bytes)).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(UnsupportedPictureError);
  expect(refusal).toMatchObject({ code: "unsupported-picture", kind });
  expect((refusal as Error).message).toMatch(new RegExp(`^not taken in: ${kind}[.] [A-Z].{20,}`));
});

test.each([
  ["heic", "heic", "mif1"],
  ["heix", "heix", "mif1"],
  ["mif1", "mif1", "heic"],
] as const)("a container of the brand %s is HEIC", async (major, ...compatible) => {
  expect(await detectFormat(await fileOf(fileTypeBox(major, ...compatible)))).toBe("heic");
});

test("a container that is called HEIF and holds AVIF is AVIF", async () => {
  expect(await detectFormat(await fileOf(fileTypeBox("mif1", "mif1", "avif", "miaf")))).toBe("avif");
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["text", Buffer.from("this is no picture, only text")],
  ["text that talks of an SVG", Buffer.from("how to write <svg> into a page")],
  ["noise", Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 193 + 7) & 255))],
  ["a page", Buffer.from("<!doctype html><html><body><svg></svg></body></html>")],
])("%s is no picture", async (_name, bytes) => {
  await expect(detectFormat(await fileOf(bytes))).rejects.toThrow(UnreadablePictureError);
});

test("a prologue made of thousands of comments takes no time to see through", async () => {
  const bytes = Buffer.from("<!---->".repeat(9000) + "<html>");
  await expect(detectFormat(await fileOf(bytes))).rejects.toThrow(UnreadablePictureError);
});
