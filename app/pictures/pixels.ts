/** Pixels in memory: 8 bits a channel, rows from the top, alpha (the fourth channel) not premultiplied. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/**
 * Gives the memory of pixels back at once; they must not be used any more. The garbage collector sees a small object
 * that it may leave for long, and megabytes outside its heap that make it go through the whole of that for every
 * picture.
 */
export function release({ data }: Pixels): void {
  const { buffer } = data;
  // Smaller ones may share their memory with others, in Node's pool.
  if (data.byteLength > Buffer.poolSize && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
