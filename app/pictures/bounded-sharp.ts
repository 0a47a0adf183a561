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
// One thread a picture; the work gate runs as many pictures as there are cores.
sharp.concurrency(1);

/** Any one operation of libvips is stopped after this long. */
export const operationSeconds = 30;

export { sharp };
