/** Larger than any upload may be. */
export class UploadTooLargeError extends Error {
  readonly code = "upload-too-large";
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`The file is larger than ${limitBytes / 1024 / 1024} MiB, the most that is taken.`);
    this.limitBytes = limitBytes;
  }
}

/** Not all bytes are there. */
export class UploadIncompleteError extends Error {
  readonly code = "upload-incomplete";

  constructor(arrivedBytes: number | undefined, sizeBytes: number) {
    super(
      arrivedBytes === undefined
        ? "Nothing of this upload is left: cancel it and begin again."
        : `${arrivedBytes} of ${sizeBytes} bytes have arrived: send the rest, then complete it.`,
    );
  }
}

/** What arrived is not what was declared; it was thrown away. */
export class UploadMismatchError extends Error {
  readonly code = "upload-mismatch";

  constructor() {
    super("What arrived has another size or SHA-256 than was declared. It was thrown away: begin again.");
  }
}
