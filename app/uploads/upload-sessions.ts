/** Names one upload of one person. */
export interface UploadName {
  readonly userId: string;
  readonly uploadId: string;
}

export interface OpenSession extends UploadName {
  readonly sizeBytes: number;
  readonly contentType: string;
  /** Scheme and host of the page that will send. */
  readonly origin: string;
}

export interface SessionAddress {
  /** Where the client sends its chunks; may be a bearer credential, so it is never logged. */
  readonly address: string;
  /** What the client must send with each chunk beside `content-range`. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Sessions in which a client sends an object's bytes in chunks, into `temp/uploads/{user}/{upload}` of the uploads
 * store. The protocol is Cloud Storage's: PUT with `content-range: bytes FIRST-LAST/SIZE`, chunks in multiples of
 * 256 KiB but for the last, answered 308 with `range: bytes=0-LAST` until it is complete.
 */
export interface UploadSessions {
  /** Opens a session, or finds the one that is open. */
  open(session: OpenSession): Promise<SessionAddress>;

  /**
   * How many bytes have arrived; undefined where the session is gone and the client must begin again. Where it is all
   * of them, the object is there.
   */
  offset(name: UploadName, sizeBytes: number): Promise<number | undefined>;

  /** Forgets the session and what arrived in it; absent already is no error. */
  remove(name: UploadName): Promise<void>;

  /** Sessions that nobody has removed, whatever became of their uploads. */
  list(): AsyncIterable<KnownSession>;
}

export interface KnownSession extends UploadName {
  /** When it was opened or last written to, in milliseconds since 1970. */
  readonly usedAt: number;
}

/** What the chunks of a session are, but for the last. */
export const chunkUnitBytes = 256 * 1024;

/** What clients are told to send at once. */
export const chunkBytes = 8 * 1024 * 1024;
