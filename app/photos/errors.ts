/** The file is larger than this way of sending takes. */
export class FileTooLargeError extends Error {
  readonly code = "file-too-large";
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(
      `The file is larger than ${limitBytes / 1024 / 1024} MiB, the most that is taken in one request. ` +
        `Send larger ones in parts: POST /v1/uploads opens a session for that.`,
    );
    this.limitBytes = limitBytes;
  }
}

/** The form does not hold exactly one file. */
export class FileMissingError extends Error {
  readonly code = "file-missing";

  constructor() {
    super(
      "The form must hold one file, as a part with a file name; 'title' and 'private' may stand beside it.",
    );
  }
}

/** So many uploads are on their way that another would not fit. */
export class InboxFullError extends Error {
  readonly code = "inbox-full";

  constructor() {
    super("Too many uploads are on their way at this moment; try again in a few seconds.");
  }
}

/** A file stopped on its way, while it holds room that others wait for. */
export class FileStalledError extends Error {
  readonly code = "file-stalled";
  readonly seconds: number;

  constructor(seconds: number) {
    super(`No more of the file has arrived for ${seconds} seconds; send it again.`);
    this.seconds = seconds;
  }
}

/** A file arrives so slowly that it would hold, for minutes, room that others wait for. */
export class FileTooSlowError extends Error {
  readonly code = "file-too-slow";
  readonly bytesPerSecond: number;

  constructor(bytesPerSecond: number, leastBytesPerSecond: number) {
    const [rate, least] = [bytesPerSecond, leastBytesPerSecond].map((bytes) => (bytes / 1024).toFixed(1));
    super(
      `The file arrives at ${rate} KiB a second, and others wait for its room, which a file of less than ${least} has ` +
        `only while nobody does. Send it in parts, which go on where the line left off: POST /v1/uploads opens a ` +
        `session for that.`,
    );
    this.bytesPerSecond = bytesPerSecond;
  }
}

/** What was stored is not what arrived. */
export class StoredWrongError extends Error {
  readonly code = "stored-wrong";
  readonly objectName: string;

  constructor(objectName: string, expected: string, stored: string) {
    super(`object '${objectName}' was stored with CRC-32C ${stored} instead of ${expected}`);
    this.objectName = objectName;
  }
}
