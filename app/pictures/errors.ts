/** The file is of a kind that is not taken in; nothing is wrong with the file itself. */
export class UnsupportedPictureError extends Error {
  readonly code = "unsupported-picture";
  /** What the content is, as people call it: `PDF document`, `Canon RAW photo`. */
  readonly kind: string;

  /** @param reason whole sentences: why, and the way out */
  constructor(kind: string, reason: string) {
    super(`not taken in: ${kind}. ${reason}`);
    this.kind = kind;
  }
}

/** The file claims to be a picture, but cannot be read as one: truncated, damaged beyond use, or not a picture. */
export class UnreadablePictureError extends Error {
  readonly code = "unreadable-picture";
}

/** More pixels than are decoded; refused before any pixel is. */
export class TooManyPixelsError extends Error {
  readonly code = "too-many-pixels";
  readonly width: number;
  readonly height: number;
  readonly limit: number;

  constructor(width: number, height: number, limit: number) {
    super(
      `this picture has ${width} × ${height} = ${width * height} pixels, and at most ${limit} are taken in; ` +
        `make it smaller and send it again`,
    );
    this.width = width;
    this.height = height;
    this.limit = limit;
  }
}

/** Decoding took longer than any picture within the limits needs. */
export class PictureTooSlowError extends Error {
  readonly code = "picture-too-slow";
  readonly seconds: number;

  constructor(seconds: number, options?: ErrorOptions) {
    super(`decoding this picture took longer than ${seconds} seconds and was given up`, options);
    this.seconds = seconds;
  }
}

/** The process that decoded it was ended by another: nothing is known of the file, and it may be tried again. */
export class DecoderEndedError extends Error {
  readonly code = "decoder-ended";
  /** Such as `SIGKILL`, by which the system makes room where memory runs out. */
  readonly signal: string;

  constructor(signal: string) {
    super(`the process that decoded this picture was ended by ${signal}; it is tried again`);
    this.signal = signal;
  }
}

/** All places for work on pictures and all places to wait for one are taken. */
export class PicturesBusyError extends Error {
  readonly code = "pictures-busy";

  constructor() {
    super("too many pictures are in work at this moment; try again in a moment");
  }
}
