/** Formats that are taken in, decided by content alone; the name in the file's own name is never believed. */
export const pictureFormats = {
  jpeg: { contentType: "image/jpeg", extension: "jpg" },
  png: { contentType: "image/png", extension: "png" },
  webp: { contentType: "image/webp", extension: "webp" },
  avif: { contentType: "image/avif", extension: "avif" },
  heic: { contentType: "image/heic", extension: "heic" },
  gif: { contentType: "image/gif", extension: "gif" },
} as const;

export type PictureFormat = keyof typeof pictureFormats;
