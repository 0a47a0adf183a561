import { setFlagsFromString } from "node:v8";
import sharp from "sharp";

/**
 * sharp as this service uses it: only the loaders of the accepted formats may run, in this whole process. What
 * libvips is built with besides (SVG, TIFF, PDF, its own formats, …) stays blocked, whatever a file claims to be.
 */
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Jpeg", "Png", "Webp", "Heif", "Nsgif"].flatMap((loader) => [
    `VipsForeignLoad${loader}File`,
    `VipsForeignLoad${loader}Buffer`,
  ]),
});

// Every input is read once: remembering operations would only hold memory and open files.
sharp.cache(false);
// One thread for each operation; the work gate runs as many pictures as there are cores, of which some have two at once.
sharp.concurrency(1);

// What pictures are made of lies outside of V8's heap, and is freed with the small objects that stand for it. V8 looks
// for those only when its young generation is four fifths full, and goes through its whole heap when that has grown by a
// tenth, what lies outside included: for nearly every picture, at a tenth of the picture's own time. Both limits are
// read each time, so that they may be set here, where the first picture has come.
setFlagsFromString("--minor-gc-task-trigger=20");
setFlagsFromString("--heap-growing-percent=100");

/** Any one operation of libvips is stopped after this long. */
export const operationSeconds = 30;

export { sharp };
