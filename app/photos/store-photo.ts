import { allEnded } from "../all-ended.ts";
import type { NewPhoto } from "../catalog/command.ts";
import { photoTextLimits } from "../catalog/photo.ts";
import { derivation, previewContentType, thumbnailContentType } from "../pictures/derivation.ts";
import type { Derivatives } from "../pictures/derivatives.ts";
import { pictureFormats } from "../pictures/picture-format.ts";
import type { DerivedPicture, Picture } from "../pictures/pictures.ts";
import type { ObjectStore, StoredObject } from "../storage/object-store.ts";
import { type PhotoObjects, photoObjects } from "./photo-objects.ts";
import { writtenLine, writtenParagraphs } from "../written-text.ts";

/** What the person says about a new photo. */
export interface PhotoDescription {
  readonly filename: string;
  readonly title: string | null;
  /** Undefined: the person's own setting. */
  readonly private: boolean | undefined;
}

export interface ContentSums {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Base64 of four big-endian bytes. */
  readonly crc32c: string;
}

/**
 * Stores what is made of a photo. Twice is the same as once: the bytes at an address never change.
 *
 * @param options `ifAbsent` for a new photo, whose addresses nobody else can have: the cheaper way
 */
export async function storeDerivatives(
  media: ObjectStore,
  { thumbnailPath, previewPath }: Pick<PhotoObjects, "thumbnailPath" | "previewPath">,
  { thumbnail, preview }: Derivatives,
  options: { readonly ifAbsent?: boolean } = {},
): Promise<void> {
  await allEnded([
    media.put(thumbnailPath, thumbnail, { contentType: thumbnailContentType, ...options }),
    media.put(previewPath, preview, { contentType: previewContentType, ...options }),
  ]);
}

/** The record of a photo whose original is stored; without derivatives it is still `processing`. */
export function describePhoto(
  id: string,
  objects: PhotoObjects,
  description: PhotoDescription,
  picture: Picture,
  sums: ContentSums,
  original: Pick<StoredObject, "sizeBytes" | "generation">,
  derived: DerivedPicture | undefined,
): NewPhoto {
  const { capture, caption } = picture;
  return {
    id,
    // What the person says counts more than what a program wrote into the file.
    title: description.title ?? writtenLine(caption.title, photoTextLimits.title),
    description: writtenParagraphs(caption.description, photoTextLimits.description),
    filename: description.filename,
    contentType: pictureFormats[picture.format].contentType,
    sizeBytes: original.sizeBytes,
    width: picture.width,
    height: picture.height,
    tags: [],
    ...objects,
    metadata: { ...capture.exposure, decoderWarning: derived?.warning ?? null },
    takenAt: capture.takenAt,
    takenOffsetMinutes: capture.takenOffsetMinutes,
    sha256: sums.sha256,
    crc32c: sums.crc32c,
    generation: original.generation,
    orientation: picture.orientation,
    latitude: capture.latitude,
    longitude: capture.longitude,
    camera: capture.camera,
    lens: capture.lens,
    thumbhash: derived?.derivatives.thumbhash ?? "",
    state: derived === undefined ? "processing" : "ready",
    derivation,
    ...(description.private === undefined ? {} : { private: description.private }),
  };
}

export function newPhotoObjects(userId: string, photoId: string, picture: Picture): PhotoObjects {
  return photoObjects(userId, photoId, picture.format, derivation);
}
