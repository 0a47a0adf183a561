import exifr from "exifr";
import { readXmpTexts } from "./xmp-text.ts";

/** What people wrote about a picture with other programs, as it stands there. Null: nothing. */
export interface Caption {
  readonly title: string | null;
  readonly description: string | null;
}

/** A JPEG holds 64 KiB of each at most; other formats hold more, and nothing that is read here is so large. */
const mostXmpCharacters = 262_144;
const mostIptcBytes = 65_000;

/**
 * Title and description from XMP, else from the older IPTC record, each for itself. Never throws: what cannot be read
 * is left out, and the photo stays.
 *
 * @param iptc a JPEG's APP13 segment, as `sharp.metadata()` returns it
 */
export async function readCaption(xmp: string | undefined, iptc: Uint8Array | undefined): Promise<Caption> {
  const modern =
    xmp === undefined || xmp.length > mostXmpCharacters
      ? { title: null, description: null }
      : readXmpTexts(xmp);
  if (modern.title !== null && modern.description !== null) return modern;
  const older = await readIptc(iptc);
  return { title: modern.title ?? older.title, description: modern.description ?? older.description };
}

async function readIptc(segment: Uint8Array | undefined): Promise<Caption> {
  const nothing = { title: null, description: null };
  if (segment === undefined || segment.length === 0 || segment.length > mostIptcBytes) return nothing;
  try {
    const options = { iptc: true, tiff: false, xmp: false, icc: false, jfif: false, mergeOutput: false };
    // oxlint-disable-next-line import/no-named-as-default-member -- Node finds no named exports in its CommonJS
    const parsed: unknown = await exifr.parse(asJpeg(segment), options);
    const tags: unknown =
      typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, "iptc") : undefined;
    if (typeof tags !== "object" || tags === null) return nothing;
    return {
      title: readText(Reflect.get(tags, "ObjectName")),
      description: readText(Reflect.get(tags, "Caption")),
    };
  } catch {
    return nothing;
  }
}

/** exifr finds the segment in a file only; this is the shortest one. */
function asJpeg(segment: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(segment.length + 2);
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xed]), length, segment, Buffer.from([0xff, 0xd9])]);
}

/**
 * exifr takes every byte for a character. Programs write UTF-8, whether or not they say so in the record, and older
 * ones the characters of Western Europe: hardly any such text is UTF-8 by chance.
 */
function readText(value: unknown): string | null {
  const text: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof text !== "string" || text.trim() === "") return null;
  const bytes = Buffer.from(text, "latin1");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
