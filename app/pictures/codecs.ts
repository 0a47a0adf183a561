/** Everything that needs the decoders, in one place to be loaded when the first picture comes: see pictures.ts. */
export { readCaption } from "./caption.ts";
export { shrinkToSrgb } from "./colour-profile.ts";
export { decode } from "./decode.ts";
export { derive } from "./derivatives.ts";
export { detectFormat } from "./detect-format.ts";
export { readCaptureFacts } from "./exif.ts";
export { readHeader } from "./picture-header.ts";
