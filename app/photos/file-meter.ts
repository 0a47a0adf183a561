import { createHash } from "../late-crypto.ts";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { Crc32c } from "../storage/crc32c.ts";
import { FileTooLargeError } from "./errors.ts";
import { Pace } from "./pace.ts";

/** Counts and sums what passes, and stops it at the limit. */
export class FileMeter {
  readonly sha256 = createHash("sha256");
  readonly crc32c = new Crc32c();
  readonly pace = new Pace();
  sizeBytes = 0;
  readonly #limitBytes: number;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  add(bytes: Uint8Array): void {
    this.sizeBytes += bytes.length;
    this.pace.add(bytes.length);
    if (this.sizeBytes > this.#limitBytes) throw new FileTooLargeError(this.#limitBytes);
    this.sha256.update(bytes);
    this.crc32c.update(bytes);
  }
}

/** The network's chunks are small, and each write is a turn of a thread: so much is written at once. */
const writeBytes = 1_048_576;

export interface Stall {
  /** Nothing arrives for so long. */
  readonly seconds: number;
  /** What the stream is then destroyed with. */
  readonly error: () => Error;
}

/**
 * Writes a stream into a new file. Where that fails, the file and the stream are the caller's to clear away.
 *
 * @throws FileTooLargeError after the meter's limit, what the stream fails with, and what the disk refuses with
 */
export async function writeMetered(
  stream: Readable,
  path: string,
  meter: FileMeter,
  stall: Stall,
): Promise<void> {
  const file = await open(path, "wx");
  const timer = setTimeout(() => stream.destroy(stall.error()), stall.seconds * 1000);
  try {
    let gathered: Uint8Array[] = [];
    let gatheredBytes = 0;
    for await (const chunk of stream) {
      timer.refresh();
      const bytes = asBytes(chunk);
      meter.add(bytes);
      gathered.push(bytes);
      gatheredBytes += bytes.length;
      if (gatheredBytes < writeBytes) continue;
      await writeGathered(file, gathered);
      gathered = [];
      gatheredBytes = 0;
    }
    await writeGathered(file, gathered);
  } finally {
    clearTimeout(timer);
    await file.close();
  }
}

/** Joining them first would cost the garbage collector more than the write costs the disk. */
async function writeGathered(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  if (chunks.length === 0) return;
  const { bytesWritten } = await file.writev(chunks);
  const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
  // A disk that is nearly full takes a part, and says why with the next.
  if (bytesWritten < bytes) await file.writeFile(Buffer.concat(chunks).subarray(bytesWritten));
}

function asBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError(`Expected bytes for the file's chunks but received ${typeof chunk}`);
}
