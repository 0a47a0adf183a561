/** Pixels in memory: 8 bits a channel, rows from the top, alpha (the fourth channel) not premultiplied. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}
