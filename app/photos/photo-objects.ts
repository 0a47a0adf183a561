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
  const { originals, previews, thumbnails } = objectPrefixes;
  return {
    storagePath: `${originals}${userId}/${photoId}.${pictureFormats[format].extension}`,
    previewPath: `${previews}${userId}/${photoId}_preview.v${derivation}.${previewExtension}`,
    thumbnailPath: `${thumbnails}${userId}/${photoId}_thumb.v${derivation}.${thumbnailExtension}`,
  };
}
