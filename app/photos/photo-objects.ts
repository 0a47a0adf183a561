import { previewExtension, thumbnailExtension } from "../pictures/derivation.ts";
import { type PictureFormat, pictureFormats } from "../pictures/picture-format.ts";
import { objectPrefixes } from "../runtime-contract.ts";

/** Where a photo's bytes are kept. Nothing of the file's own name is in them. */
export interface PhotoObjects {
  readonly storagePath: string;
  readonly previewPath: string;
  readonly thumbnailPath: string;
}

/** @param derivation version of the procedure, so that an address never changes its content */
export function photoObjects(
  userId: string,
  photoId: string,
  format: PictureFormat,
  derivation: number,
): PhotoObjects {
  const [previewPrefix, thumbnailPrefix] = derivativePrefixes(userId, photoId);
  return {
    storagePath: `${objectPrefixes.originals}${userId}/${photoId}.${pictureFormats[format].extension}`,
    previewPath: `${previewPrefix}${derivation}.${previewExtension}`,
    thumbnailPath: `${thumbnailPrefix}${derivation}.${thumbnailExtension}`,
  };
}

/** What the names of a photo's derivatives begin with, whichever version of the procedure made them. */
export function derivativePrefixes(
  userId: string,
  photoId: string,
): readonly [preview: string, thumbnail: string] {
  const { previews, thumbnails } = objectPrefixes;
  return [`${previews}${userId}/${photoId}_preview.v`, `${thumbnails}${userId}/${photoId}_thumb.v`];
}
