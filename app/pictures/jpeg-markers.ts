import { open } from "node:fs/promises";

const chunkBytes = 1_048_576;

/**
 * Whether a JPEG's end marker follows the beginning of its picture data. Segments before that (which may hold a
 * whole preview with an end marker of its own) are stepped over by their lengths; what comes behind the picture,
 * such as the video of a motion photo, does not matter.
 */
export async function isCompleteJpeg(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    let position = await findScan(file);
    if (position === undefined) return false;
    const chunk = Buffer.alloc(chunkBytes);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunkBytes, position);
      if (bytesRead < 2) return false;
      // Inside picture data FF is always followed by 00 or a restart marker.
      if (chunk.subarray(0, bytesRead).includes(endMarker)) return true;
      // One byte again, for a marker that lies across two chunks.
      position += bytesRead - 1;
    }
  } finally {
    await file.close();
  }
}

const endMarker = Buffer.from([0xff, 0xd9]);

interface ReadableFile {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
}

/** Where the first "start of scan" lies, or undefined where segments do not lead there. */
async function findScan(file: ReadableFile): Promise<number | undefined> {
  const header = Buffer.alloc(4);
  let position = 2;
  for (;;) {
    const { bytesRead } = await file.read(header, 0, 4, position);
    if (bytesRead < 4 || header[0] !== 0xff) return undefined;
    const marker = header[1];
    if (marker === 0xda) return position;
    // Fill bytes may precede any marker.
    if (marker === 0xff) {
      position += 1;
      continue;
    }
    const length = header.readUInt16BE(2);
    if (length < 2) return undefined;
    position += 2 + length;
  }
}
