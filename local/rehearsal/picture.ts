import sharp from "sharp";

/** A JPEG with grain, 320 × 240 pixels, that nobody has uploaded before. */
export function makePicture(): Promise<Buffer> {
  const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
  return sharp({ create: { width: 320, height: 240, channels: 3, background: "#888888", noise } })
    .jpeg()
    .toBuffer();
}
