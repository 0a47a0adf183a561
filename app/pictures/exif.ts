import exifr from "exifr";
import { writtenLine } from "../written-text.ts";
import { readCaptureTime, readOffset } from "./capture-time.ts";

/** What the camera wrote about a picture. Null: not there, or not usable. */
export interface CaptureFacts {
  /** `2015-09-08T11:02:17`, local to the camera. */
  readonly takenAt: string | null;
  /** Minutes east of UTC, only where the camera says so itself. */
  readonly takenOffsetMinutes: number | null;
  /** Degrees, WGS 84; both or neither. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Make and model as one name: `Canon EOS 40D`, `HMD Global Nokia 8.3 5G`. */
  readonly camera: string | null;
  readonly lens: string | null;
  readonly exposure: ExposureFacts;
}

export interface ExposureFacts {
  readonly make: string | null;
  readonly model: string | null;
  readonly exposureTimeSeconds: number | null;
  readonly fNumber: number | null;
  readonly iso: number | null;
  readonly focalLengthMillimetres: number | null;
  /** Above sea level; negative below it. */
  readonly altitudeMetres: number | null;
}

export const noCaptureFacts: CaptureFacts = {
  takenAt: null,
  takenOffsetMinutes: null,
  latitude: null,
  longitude: null,
  camera: null,
  lens: null,
  exposure: {
    make: null,
    model: null,
    exposureTimeSeconds: null,
    fNumber: null,
    iso: null,
    focalLengthMillimetres: null,
    altitudeMetres: null,
  },
};

/** A JPEG cannot hold more than 64 KiB of it; other formats can, and nothing that is read here is so large. */
const mostBytes = 1_048_576;

const mostText = 200;

const options = {
  tiff: true,
  exif: true,
  gps: true,
  ifd1: false,
  interop: false,
  makerNote: false,
  userComment: false,
  // Raw values: exifr would make Dates in the server's zone.
  reviveValues: false,
  translateValues: false,
  mergeOutput: false,
} as const;

/**
 * Reads the EXIF block that `sharp.metadata()` returns. Never throws: a block that cannot be read, or a value
 * that makes no sense, is left out, and the photo stays.
 */
export async function readCaptureFacts(block: Uint8Array | undefined): Promise<CaptureFacts> {
  if (block === undefined || block.length > mostBytes) return noCaptureFacts;
  let parsed: unknown;
  try {
    // oxlint-disable-next-line import/no-named-as-default-member -- Node finds no named exports in its CommonJS
    parsed = await exifr.parse(withoutHeader(block), options);
  } catch {
    return noCaptureFacts;
  }
  const tags = { image: member(parsed, "ifd0"), exif: member(parsed, "exif"), gps: member(parsed, "gps") };
  const make = readText(tags.image["Make"]);
  const model = readText(tags.image["Model"]);
  const takenAt = readCaptureTime(tags.exif["DateTimeOriginal"]);
  return {
    takenAt,
    takenOffsetMinutes: takenAt === null ? null : readOffset(tags.exif["OffsetTimeOriginal"]),
    ...readPlace(tags.gps),
    camera: cameraName(make, model),
    lens: readText(tags.exif["LensModel"]),
    exposure: {
      make,
      model,
      exposureTimeSeconds: readPositive(tags.exif["ExposureTime"]),
      fNumber: readPositive(tags.exif["FNumber"]),
      iso: readPositive(first(tags.exif["ISO"])),
      focalLengthMillimetres: readPositive(tags.exif["FocalLength"]),
      altitudeMetres: readAltitude(tags.gps),
    },
  };
}

/** sharp returns JPEG's block with its `Exif\0\0` in front, which exifr takes for nothing it knows. */
function withoutHeader(block: Uint8Array): Uint8Array {
  return Buffer.from(block.subarray(0, 6)).toString("latin1") === "Exif\0\0" ? block.subarray(6) : block;
}

function readPlace(gps: Tags): Pick<CaptureFacts, "latitude" | "longitude"> {
  const latitude = readDegrees(gps["GPSLatitude"], gps["GPSLatitudeRef"], "S", 90);
  const longitude = readDegrees(gps["GPSLongitude"], gps["GPSLongitudeRef"], "W", 180);
  // Exactly nought and nought, in the open Atlantic, is what cameras write that have no fix.
  const isKnown = latitude !== undefined && longitude !== undefined && !(latitude === 0 && longitude === 0);
  return isKnown ? { latitude, longitude } : { latitude: null, longitude: null };
}

/** Degrees, minutes and seconds with a letter for the hemisphere. */
function readDegrees(value: unknown, reference: unknown, negative: string, most: number): number | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const [degrees, minutes = 0, seconds = 0]: unknown[] = value;
  if (typeof degrees !== "number" || typeof minutes !== "number" || typeof seconds !== "number")
    return undefined;
  const total = degrees + minutes / 60 + seconds / 3600;
  if (!Number.isFinite(total) || total < 0 || total > most) return undefined;
  return total !== 0 && typeof reference === "string" && reference.trim().toUpperCase() === negative
    ? -total
    : total;
}

function readAltitude(gps: Tags): number | null {
  const altitude = gps["GPSAltitude"];
  if (typeof altitude !== "number" || !Number.isFinite(altitude) || Math.abs(altitude) > 100_000) return null;
  const reference = first(gps["GPSAltitudeRef"]);
  return reference === 1 && altitude > 0 ? -altitude : altitude;
}

function cameraName(make: string | null, model: string | null): string | null {
  if (model === null || make === null) return model ?? make;
  // Many models begin with their maker, whose own name carries the company's form: "NIKON CORPORATION", "NIKON D70".
  const brand = make.split(" ")[0] ?? make;
  return model.toLowerCase().startsWith(brand.toLowerCase()) ? model : `${make} ${model}`;
}

function readText(value: unknown): string | null {
  if (typeof value !== "string") return null;
  return writtenLine(value, mostText);
}

function readPositive(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : null;
}

function first(value: unknown): unknown {
  return Array.isArray(value) || value instanceof Uint8Array ? value[0] : value;
}

type Tags = Readonly<Record<string, unknown>>;

function member(value: unknown, name: string): Tags {
  if (typeof value !== "object" || value === null) return {};
  const found: unknown = Reflect.get(value, name);
  return isTags(found) ? found : {};
}

function isTags(value: unknown): value is Tags {
  return typeof value === "object" && value !== null;
}
