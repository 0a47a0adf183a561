import { usableMemory } from "../usable-memory.ts";
import { createHeicDecoder } from "./heic-decoder.ts";
import { createPictures, type Pictures } from "./pictures.ts";

/** Node, the program and its libraries. */
const ownBytes = 192 * 2 ** 20;

/** The most that decoding one picture of 100 megapixels takes, with room. */
const enoughBytes = 4 * 2 ** 30;

/**
 * Work on pictures in a process that has nothing else to do: of every format, and with all the memory that Node and
 * the open catalogs (a quarter) leave.
 *
 * @param program the app's program file, for the child process that decodes HEIC
 */
export function createWorkerPictures(program: string, memoryBytes = usableMemory()): Pictures {
  const forDecoding = Math.min(enoughBytes, memoryBytes * 0.75 - ownBytes);
  return createPictures({
    heic: createHeicDecoder({ program }),
    decodeBytes: forDecoding,
    memoryBytes: forDecoding,
  });
}
