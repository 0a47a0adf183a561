import { open } from "node:fs/promises";
import { fileTypeFromBuffer } from "file-type";
import { UnreadablePictureError, UnsupportedPictureError } from "./errors.ts";
import type { PictureFormat } from "./picture-format.ts";

/** Enough for every signature, for the first tags of a RAW file and for an SVG's prologue. */
const headBytes = 65_536;

const acceptedTypes: Readonly<Record<string, PictureFormat>> = {
  "image/jpeg": "jpeg",
  "image/png": "png",
  "image/apng": "png",
  "image/webp": "webp",
  "image/avif": "avif",
  "image/gif": "gif",
  "image/heic": "heic",
  "image/heif": "heic",
};

const acceptedNames = "JPEG, PNG, WebP, AVIF, HEIC and GIF";

const sequenceReason = "Send the pictures of a burst one by one.";

/** What people may meet in a folder of photos, and why each stays out. */
const refusals: Readonly<Record<string, { readonly kind: string; readonly reason: string }>> = {
  "image/heic-sequence": { kind: "HEIC sequence", reason: sequenceReason },
  "image/heif-sequence": { kind: "HEIF sequence", reason: sequenceReason },
  "image/tiff": {
    kind: "TIFF picture",
    reason: `Export it as one of ${acceptedNames}.`,
  },
  "image/svg+xml": {
    kind: "SVG drawing",
    reason: "An SVG can carry scripts and refer to other files. Export it as PNG.",
  },
  "application/pdf": {
    kind: "PDF document",
    reason: "Documents are no photos. Export the pages as pictures.",
  },
};

const rawKinds: Readonly<Record<string, string>> = {
  "image/x-adobe-dng": "DNG RAW photo",
  "image/x-canon-cr2": "Canon RAW photo",
  "image/x-canon-cr3": "Canon RAW photo",
  "image/x-nikon-nef": "Nikon RAW photo",
  "image/x-sony-arw": "Sony RAW photo",
  "image/x-panasonic-rw2": "Panasonic RAW photo",
  "image/x-olympus-orf": "Olympus RAW photo",
  "image/x-fujifilm-raf": "Fujifilm RAW photo",
};

/**
 * The format of a file by its content.
 *
 * @throws UnsupportedPictureError with the kind's name and the reason, for what is not taken in.
 * @throws UnreadablePictureError where the content is of no known kind.
 */
export async function detectFormat(path: string): Promise<PictureFormat> {
  const head = await readHead(path);
  if (head.length === 0) throw new UnreadablePictureError("the file is empty");
  const contentType = await detectContentType(head);
  if (contentType === undefined) {
    throw new UnreadablePictureError(
      `the file's content is no picture that is known here; ${acceptedNames} are taken in`,
    );
  }
  const format = acceptedTypes[contentType];
  if (format !== undefined) return format;
  throw refusalOf(contentType);
}

async function detectContentType(head: Uint8Array): Promise<string | undefined> {
  if (isSvg(head)) return "image/svg+xml";
  const found = (await fileTypeFromBuffer(head))?.mime;
  // "mif1" says container and nothing of the codec: then the brands that it claims compatibility with decide.
  if (found === "image/heif" && brandsOf(head).includes("avif")) return "image/avif";
  return found;
}

function refusalOf(contentType: string): UnsupportedPictureError {
  const refusal = refusals[contentType];
  if (refusal !== undefined) return new UnsupportedPictureError(refusal.kind, refusal.reason);
  const raw = rawKinds[contentType];
  if (raw !== undefined) {
    return new UnsupportedPictureError(
      raw,
      `Develop it into one of ${acceptedNames}, and keep the RAW file where it is.`,
    );
  }
  if (contentType.startsWith("video/")) {
    return new UnsupportedPictureError(
      "video",
      "Neither are the moving halves of Live Photos. Keep the file where it is.",
    );
  }
  return new UnsupportedPictureError(`file of type ${contentType}`, `Send one of ${acceptedNames}.`);
}

function isSvg(head: Uint8Array): boolean {
  const encoding =
    head[0] === 0xff && head[1] === 0xfe ? "utf-16le" : head[0] === 0xfe ? "utf-16be" : "utf-8";
  const beginning = new TextDecoder(encoding).decode(head.subarray(0, 256)).trimStart();
  // So is nearly every picture known: its whole head need not become text.
  if (beginning !== "" && !beginning.startsWith("<")) return false;
  const text = new TextDecoder(encoding).decode(head);
  let rest = text.trimStart();
  // What may come before the root: declaration, comments, document type. By hand, as a pattern for it backtracks.
  while (rest.startsWith("<?") || rest.startsWith("<!")) {
    const end = rest.startsWith("<!--") ? rest.indexOf("-->") + 2 : rest.indexOf(">");
    if (end < 2) return false;
    rest = rest.slice(end + 1).trimStart();
  }
  return /^<(?:\w{1,20}:)?svg[\s/>]/i.test(rest.slice(0, 40));
}

/** The brands of an ISO base media file: major, then compatible, four letters each. */
function brandsOf(head: Uint8Array): string[] {
  const view = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const boxEnd = Math.min(view.readUInt32BE(0), view.length, 1024);
  const brands = [view.toString("latin1", 8, 12)];
  for (let offset = 16; offset + 4 <= boxEnd; offset += 4)
    brands.push(view.toString("latin1", offset, offset + 4));
  return brands;
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
