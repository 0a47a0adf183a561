import { open } from "node:fs/promises";

/** Files have a handful of boxes at the top; a file of thousands is none that a camera writes. */
const mostBoxes = 1000;

/**
 * Whether the boxes that a HEIC or AVIF file is made of (ISO/IEC 14496-12) all lie within it. What is missing at its
 * end may be a part that no decoder asks for.
 */
export async function isCompleteIsoFile(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const header = Buffer.alloc(16);
    let position = 0;
    for (let count = 0; position < size && count < mostBoxes; count++) {
      const { bytesRead } = await file.read(header, 0, 16, position);
      if (bytesRead < 8) return false;
      const length = header.readUInt32BE(0);
      // Some phones append what is no box.
      if (!/^[\x20-\x7e]{4}$/.test(header.toString("latin1", 4, 8))) return true;
      // 0: to the end of the file. 1: the length is in the 64 bits that follow.
      if (length === 0) return true;
      if (length === 1 && bytesRead < 16) return false;
      const bytes = length === 1 ? Number(header.readBigUInt64BE(8)) : length;
      if (bytes < 8) return false;
      position += bytes;
    }
    return position === size;
  } finally {
    await file.close();
  }
}
