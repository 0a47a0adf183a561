/**
 * Version of the procedure in derivatives.ts. It stands in the derivatives' addresses, so that what an address
 * shows never changes: raise it with every change that makes other bytes.
 */
export const derivation = 1;

export const previewPixelsASide = 1600;
export const thumbnailPixelsASide = 400;

export const previewContentType = "image/jpeg";
export const previewExtension = "jpg";
export const thumbnailContentType = "image/webp";
export const thumbnailExtension = "webp";
